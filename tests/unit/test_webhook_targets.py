"""Where webhooks may lead, and how what they carry is signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub.errors import Refused
from imagehub.messenger import signing
from imagehub.messenger.targets import is_public, read_target, resolve

PRIVATE = [
    "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
    "fec0::1", "feff::1", "192.88.99.1", "192.0.0.8", "198.18.0.1", "203.0.113.1", "240.0.0.1",
    "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::1", "64:ff9b:1::7f00:1", "100::1", "5f00::1",
    "3fff::1", "2001:db8::1", "2001:10::1", "2001:20::1", "2001:0:7f00:1::", "2002:101:101::1",
    "4000::1", "192.175.48.1", "64:ff9b::c058:6301",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_private_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "2606:4700::1111", "2a00:1450::1", "64:ff9b::101:101"]
)
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_every_form_that_wraps_it(found: IPv4Address) -> None:
    number = int(found)
    for wrapped in (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert not is_public(str(IPv6Address(wrapped))) or is_public(str(found))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "https:///x", "https://user@example.org/",
        "https://user:word@example.org/", "https://127.0.0.1/", "https://[::1]/", "//example.org",
        "https://example.org:99999/", "https://exa mple.org/", "https://example.org/\r\nX: y",
        "https://" + "a" * 600 + ".org/", "javascript:alert(1)", "", "file:///etc/passwd",
        "gopher://example.org/", "https://[::ffff:10.0.0.1]/", "http://169.254.169.254/",
    ],
)  # fmt: skip
def test_an_address_that_is_no_open_https_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        read_target(url, any_address=False)


def test_an_open_https_address_is_read_in_its_parts() -> None:
    found = read_target("https://hooks.example.org:8443/a/b?c=d#e", any_address=False)
    assert (found.is_secure, found.host, found.port) == (True, "hooks.example.org", 8443)
    assert found.path == "/a/b?c=d"


def test_a_name_that_leads_home_is_refused_when_it_is_looked_up() -> None:
    target = read_target("https://localhost/", any_address=False)
    with pytest.raises(Refused, match="private network"):
        resolve(target, any_address=False)
    assert ip_address(resolve(target, any_address=True)).is_loopback


@given(st.uuids(), st.integers(0, 2**40), st.text(max_size=200))
def test_a_receiver_that_knows_the_secret_finds_the_signature_right(
    message: object, at: int, body: str
) -> None:
    secret = signing.new_secret()
    sent = signing.headers(secret, str(message), at, body)
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.{body}".encode()
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert sent["webhook-signature"] == f"v1,{expected}"
