"""Characters that nobody sees are found in names, and names that look the same are known."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub.characters import find_hidden, find_hidden_in_prose, skeleton, without_format
from imagehub.errors import Refused
from imagehub.openimages import SourceFile, read_classes
from webapp.http.boundary import RequestModel, Text, is_safe, pattern, read_json

HIDDEN = {
    "U+202E RIGHT-TO-LEFT OVERRIDE": "Mug\u202eguM",
    "U+202A LEFT-TO-RIGHT EMBEDDING": "\u202aMug",
    "U+2066 LEFT-TO-RIGHT ISOLATE": "Mug\u2066",
    "U+200F RIGHT-TO-LEFT MARK": "Mug\u200f",
    "U+061C ARABIC LETTER MARK": "Mug\u061c",
    "U+200B ZERO WIDTH SPACE": "Mu\u200bg",
    "U+200D ZERO WIDTH JOINER": "Mu\u200dg",
    "U+2060 WORD JOINER": "Mug\u2060",
    "U+FEFF ZERO WIDTH NO-BREAK SPACE": "\ufeffMug",
    "U+00AD SOFT HYPHEN": "M\u00adug",
    "U+E0041 TAG LATIN CAPITAL LETTER A": "Mug\U000e0041",
    "U+3164 HANGUL FILLER": "\u3164",
    "U+2800 BRAILLE PATTERN BLANK": "Mug\u2800",
    "U+034F COMBINING GRAPHEME JOINER": "M\u034fug",
    "U+2028 LINE SEPARATOR": "Mug\u2028",
    "U+E000": "Mug\ue000",
    "U+0378": "Mug\u0378",
    "U+FFFF": "Mug\uffff",
    "U+DCE9": "Caf\udce9",
    "U+0000": "Mug\0",
    "U+0085": "Mug\x85",
    "U+007F": "Mug\x7f",
}
SEEN = [
    "Mug",
    "Crème brûlée",
    "Cafe\u0301",
    "Straße",
    "תפוח",
    "تفاحة",
    "りんご",
    "苹果",
    "🍎",
    "Ελλάδα",
    "Книга",
    "हिन्दी",
    string.punctuation,
]


@pytest.mark.parametrize(("told", "text"), HIDDEN.items(), ids=HIDDEN)
def test_a_character_that_nobody_sees_is_told_by_its_code(told: str, text: str) -> None:
    assert find_hidden(text) == told
    assert not is_safe(text)


@pytest.mark.parametrize("text", SEEN)
def test_letters_of_every_script_are_seen(text: str) -> None:
    assert find_hidden(text, but="") is None
    assert is_safe(text)


def test_lines_are_allowed_in_texts_and_not_in_names() -> None:
    assert find_hidden("one\ntwo") is None
    assert find_hidden("one\ntwo", but="") == "U+000A"


class Named(RequestModel):
    """A body with a name and a code."""

    name: Text = ""
    code: str = pattern("^[a-z]{3}$", "three small letters")


def test_the_boundary_says_which_character_and_which_letters() -> None:
    with pytest.raises(Refused, match=r"name: it holds U\+202E RIGHT-TO-LEFT OVERRIDE, which"):
        read_json('{"name": "a\u202eb", "code": "abc"}'.encode(), Named)
    with pytest.raises(Refused) as refusal:
        read_json(b'{"code": "ABC"}', Named)
    assert refusal.value.sentence == "code: it must be three small letters."


@pytest.mark.parametrize("name", ["Mug\u202e", "M\u200bug", "Mug\ufeff"])
def test_an_import_of_labels_refuses_such_names_by_line(name: str) -> None:
    file = SourceFile("classes.csv", f"/m/aa,Dog\n/m/bb,{name}\n".encode())
    with pytest.raises(Refused, match=r"classes.csv, line 2: has U\+"):
        read_classes(file)


@pytest.mark.parametrize(
    "name",
    ["Ｍug", "MUG", " mug ", "Muɡ", "𝐌𝐮𝐠", "\u041cug", "M\u200bug", "Mug\ufe0f", "Ⓜug"],
)
def test_names_that_look_the_same_have_one_skeleton(name: str) -> None:
    assert skeleton(name) == skeleton("Mug")


@pytest.mark.parametrize(("one", "other"), [("Cafe", "Café"), ("Mug", "Mag"), ("Orange", "Range")])
def test_names_that_differ_have_two(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def test_what_only_says_how_others_are_shown_can_be_dropped() -> None:
    assert without_format("\ufeffdog\u200b \u202eb") == "dog b"


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "क्\u200dष",
        "👨\u200d👩\u200d👧",
        "❤\ufe0f\u200d🔥",
        "👩🏽\u200d🔬",
        "a mug\nof mine",
    ],
)
def test_what_people_write_may_hold_joiners_where_they_join(text: str) -> None:
    assert find_hidden_in_prose(text) is None


@pytest.mark.parametrize(
    "text",
    ["Mu\u200dg", "\u200dMug", "می\u200c", "می\u200c\u200cخ", "👨\u200d\u200b👩", "a\u200cب"],
)
def test_a_joiner_that_joins_nothing_is_found_in_what_people_write(text: str) -> None:
    assert find_hidden_in_prose(text) is not None


@given(st.text())
def test_what_is_seen_in_a_name_is_seen_in_what_people_write(text: str) -> None:
    if find_hidden(text) is None:
        assert find_hidden_in_prose(text) is None
