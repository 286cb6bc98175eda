"""An address is taken only if a letter goes to it and to nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub.messenger.addresses import is_address
from imagehub.messenger.mail import Letter, message

PLAIN = ["a@example.org", "Anna.O'Neil+hub@mail.example.co", "x@xn--bcher-kva.example"]
ODD = [
    "group:;@example.com", "=?utf-8?q?a=0d=0aBcc=3Ax?=@example.com", "a,b@evil.com", "a\x00b@x.org",
    "a\x1bb@x.org", "a b@x.org", "<a@x.org>", "Anna <a@x.org>", '"a"@x.org', "a(b)@x.org", "a@x",
    "a@x.org, b@x.org", "a@x.org\nBcc: b@x.org", "a@x.org\n", "a..b@x.org", ".a@x.org", "a.@x.org",
    "a@[127.0.0.1]", "a@-x.org", "a@x..org", "a@x.org.", "@x.org", "a@", "", "a@b@x.org", "ä@x.org",
    "a@ä.org", "a" * 65 + "@x.org", "a@" + "x" * 64 + ".org", "a;b@x.org", "a\\b@x.org",
    "a%@x.o\u200brg",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_address_is_taken_and_a_letter_goes_to_it_alone(text: str) -> None:
    assert is_address(text)
    header = message(Letter("1", text, "x", "x"))["To"]
    assert [address.addr_spec for address in header.addresses] == [text]


@pytest.mark.parametrize("text", ODD)
def test_an_address_that_is_more_or_less_than_one_is_refused(text: str) -> None:
    assert not is_address(text)


@given(st.text(alphabet="aA1=?!#%'+.-_{}~@:;,<>()[]\\\" \r\n\x00\x1b", max_size=20))
def test_whatever_is_taken_makes_a_letter_to_it_alone(words: str) -> None:
    for text in (words, f"{words}@example.org", f"a@{words}.org"):
        if is_address(text):
            header = message(Letter("1", text, "x", "x"))["To"]
            assert [address.addr_spec for address in header.addresses] == [text]
            assert "\n" not in str(header)
