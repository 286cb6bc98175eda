"""What the coverage board calls thin, and in which words it asks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub.catalogue.images.coverage import CoverageFilter
from imagehub.errors import NotFound
from webapp.coverage.service import FEW_IMAGES, chosen_words, facet, sentence, words_of

COUNTS = st.dictionaries(st.sampled_from(["", "dark", "normal", "bright"]), st.integers(1, 500))


@given(COUNTS)
def test_every_photo_is_in_one_value_or_unknown(counts: dict[str, int]) -> None:
    found = facet("light", counts, ("dark", "normal", "bright"))
    assert sum(value.images for value in found.values) + found.unknown == sum(counts.values())


@given(COUNTS)
def test_few_photos_are_never_called_thin_and_the_largest_value_never_is(
    counts: dict[str, int],
) -> None:
    found = facet("light", counts, ("dark", "normal", "bright"))
    known = sum(images for code, images in counts.items() if code)
    if known < FEW_IMAGES:
        assert not found.thin
    else:
        assert max(found.values, key=lambda value: value.images) not in found.thin
        assert {value.code for value in found.thin} >= {
            code for code in ("dark", "normal", "bright") if code not in counts
        }


def test_nobody_is_asked_for_another_device_than_phone_and_camera() -> None:
    found = facet("device", {"phone": 500, "other": 1, "camera": 1}, ("phone", "camera"))
    assert [value.words for value in found.thin] == ["camera"]


@pytest.mark.parametrize(
    ("place", "words"),
    [("50 0", "50 to 60° N, 0 to 10° E"), ("-10 -120", "0 to 10° S, 110 to 120° W")],
)
def test_a_region_is_told_by_its_degrees(place: str, words: str) -> None:
    assert words_of("place", place) == (words, f"taken at {words}")


def test_a_choice_and_a_value_make_one_wish() -> None:
    chosen = chosen_words(CoverageFilter(light="dark", cluster=2))
    assert sentence([*chosen.values(), "taken with a phone"]) == (
        "In dim light, that look like those of cluster 3, taken with a phone."
    )


@pytest.mark.parametrize(
    "choice",
    [
        CoverageFilter(light="x"),
        CoverageFilter(device="x"),
        CoverageFilter(place="x y"),
        CoverageFilter(place="5"),
    ],
)
def test_a_choice_of_what_is_no_value_is_refused(choice: CoverageFilter) -> None:
    with pytest.raises(NotFound):
        chosen_words(choice)
