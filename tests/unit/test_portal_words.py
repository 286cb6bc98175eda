"""How pages write things for people, and how the subset form is read."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from imagehub.errors import Refused
from imagehub.subsets import SubsetRules, in_split_order
from imagehub.vocabulary import Label
from webapp.http import cursors, page_words
from webapp.labels.service import trail_to
from webapp.subsets import form as subset_form


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (0.004, "under 1 %"), (0.5, "50 %"), (0.998, "over 99 %"), (1, "100 %")],
)
def test_a_share_is_never_rounded_to_certainty(share: float, text: str) -> None:
    assert page_words.percent(share) == text


@pytest.mark.parametrize(("value", "text"), [(0, "under 1 %"), (0.5, "50 %"), (1, "over 99 %")])
def test_a_stored_probability_is_never_certain(value: float, text: str) -> None:
    assert page_words.probability(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (2_345_678, "2.3 MB"), (4e11, "400 GB")],
)
def test_bytes_are_written_in_a_unit_of_their_size(value: int, text: str) -> None:
    assert page_words.size_in_bytes(value) == text


def test_times_are_written_in_utc() -> None:
    at = datetime.fromisoformat("2026-05-02T01:30:00+02:00")
    assert page_words.moment(at) == "1 May 2026, 23:30 UTC"
    assert page_words.moment(datetime(2026, 5, 1, 8, 2, tzinfo=UTC)) == "1 May 2026, 08:02 UTC"


def test_a_number_agrees_with_its_noun() -> None:
    assert page_words.counted(1, "photo") == "1 photo"
    assert page_words.counted(1200, "photo was", "photos were") == "1,200 photos were"


def test_a_derivatives_size_keeps_the_photos_shape() -> None:
    assert page_words.fitted((1024, 768), 192) == (192, 144)
    assert page_words.fitted((100, 50), 192) == (100, 50)
    assert page_words.fitted((2048, 2), 192) == (192, 1)


def test_splits_stand_in_the_order_that_people_expect() -> None:
    assert in_split_order({"test": 1, "extra": 1, "train": 1}) == ["train", "test", "extra"]


def test_an_empty_form_has_our_defaults() -> None:
    form = subset_form.read({"labels": "m/0bt9lr"})
    assert form.errors == {}
    assert form.rules() == SubsetRules(labels=("/m/0bt9lr",))


def test_a_form_survives_its_way_through_a_link() -> None:
    fields = {
        "form": "1", "q": "bird & co", "cap": "5", "side": "100",
        "train": "50", "validation": "", "test": "50", "name": "a-b", "token": "dih_secret",
    }  # fmt: skip
    form = subset_form.read(fields, ["/m/01", "/m/0abc", "/m/0abc"])
    address = form.address()
    assert "secret" not in address
    again = subset_form.read(dict(parse_qsl(urlsplit(address).query, keep_blank_values=True)))
    assert again == form
    assert not again.keepers_only
    assert again.rules().splits == (("train", 0.5), ("test", 0.5))


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("cap", "0", "cap"),
        ("cap", "1.5", "cap"),
        ("cap", "١٢", "cap"),
        ("side", "", "side"),
        ("side", "99999", "side"),
        ("train", "81", "splits"),
        ("test", "-10", "splits"),
        ("labels", "m/<script>,nonsense", "labels"),
    ],
)
def test_a_wrong_field_is_named(name: str, value: str, wrong: str) -> None:
    form = subset_form.read({"labels": "m/0bt9lr", "form": "1", name: value})
    assert list(form.errors) == [wrong]


def test_a_name_is_for_an_address() -> None:
    for name in ("", "Upper", "a b", "-a", "a" * 64, "ä"):
        assert subset_form.read({"name": name}).name_error
    assert subset_form.read({"name": "street-animals-2"}).name_error is None


def test_a_cursor_is_read_only_by_the_list_that_wrote_it() -> None:
    cursor = cursors.encode([0.25, "00ff"])
    assert cursors.decode(cursor, float, str) == (0.25, "00ff")
    for types in ((str, str), (float,), (int, str)):
        with pytest.raises(Refused):
            cursors.decode(cursor, *types)


def test_the_shortest_way_down_is_the_trail() -> None:
    top, mid, pet = Label("/m/top", "Top"), Label("/m/mid", "Mid"), Label("/m/pet", "Pet")
    edges = [("/m/dog", mid), ("/m/dog", pet), ("/m/mid", pet), ("/m/pet", top)]
    assert trail_to("/m/dog", edges) == [top, pet]
    assert trail_to("/m/top", []) == []
