"""What people do to a photo leaves it the same photo; another photo stays another one."""

from __future__ import annotations

import csv
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from imagehub.photo import land, read_view
from spark_jobs.cluster.similarity import fingerprints
from spark_jobs.cluster.similarity.comparison import PhotoComparison, compare
from spark_jobs.cluster.similarity.looks import Look, look_at
from tests.factories.fingerprints import distance_bits
from tests.spark.near_copies import drawing

CROWD_PAIRS = 40


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def _picture(seed: int) -> Image.Image:
    """Two drawings in one: as much detail as a photo has, and seldom a colour at its limit."""
    drawn = (Image.open(BytesIO(drawing(number))).convert("RGB") for number in (seed, ~seed))
    return Image.blend(*drawn, 0.5)


def _look(image: Image.Image, quality: int = 85) -> Look:
    """The look that a photo has once it landed."""
    return look_at(read_view(land(_jpeg(image, quality)).view.data))


def _same(left: Look, right: Look) -> bool:
    found = compare(left, right)
    return found is not None and found.same_photo


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, float, int]:
    """One press of a button: what, how much from 0 to 1, and the JPEG quality."""
    names = ["resize", "crop", "mirror", "darker", "brighter", "pale", "frame", "nothing"]
    return draw(st.sampled_from(names)), draw(st.floats(0, 1)), draw(st.integers(40, 90))


def _edit(image: Image.Image, name: str, much: float) -> Image.Image:
    width, height = image.size
    match name:
        case "resize":
            return image.resize((round(width * (0.9 - 0.5 * much)), round(height * 0.6)))
        case "crop":
            cut = 0.01 + 0.06 * much
            return image.crop((int(width * cut), 0, width, int(height * (1 - cut / 2))))
        case "mirror":
            return ImageOps.mirror(image)
        case "darker":
            return ImageEnhance.Brightness(image).enhance(0.9 - 0.4 * much)
        case "brighter":
            return ImageEnhance.Brightness(image).enhance(1.02 + 0.04 * much)
        case "pale":
            return ImageEnhance.Color(image).enhance(0.9 - 0.4 * much)
        case "frame":
            return ImageOps.expand(image, max(2, width // 40), "black" if much > 0.5 else "white")
        case _:
            return image


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), edits())
def test_a_drawn_photo_is_the_same_after_one_edit(seed: int, edit: tuple[str, float, int]) -> None:
    name, much, quality = edit
    original = _picture(seed)
    left, right = _look(original), _look(_edit(original, name, much), quality)
    assert _same(left, right)
    assert _same(right, left)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.integers(0, 10_000), edits())
def test_two_drawn_photos_stay_two_after_any_edit(
    seed: int, other: int, edit: tuple[str, float, int]
) -> None:
    name, much, quality = edit
    pictures = [_picture(number) for number in (seed, other)]
    changed = _edit(pictures[1], name, much)
    assert _same(_look(pictures[0]), _look(changed, quality)) == (seed == other)


@pytest.mark.parametrize("seed", range(4))
def test_a_small_thing_that_moved_makes_another_photo(seed: int) -> None:
    before = Image.open(BytesIO(drawing(seed, (400, 300)))).convert("RGB")
    pictures = []
    for left in (150, 190):
        picture = before.copy()
        picture.paste((250, 40, 40), (left, 120, left + 36, 160))
        pictures.append(_look(picture))
    assert not _same(*pictures)


@pytest.mark.parametrize("seed", range(2))
def test_a_spot_too_small_for_the_coarse_comparison_makes_another_photo(seed: int) -> None:
    before = _picture(seed)
    after = before.copy()
    after.paste((250, 40, 40), (106, 80, 124, 98))
    found = compare(_look(before), _look(after))
    assert found is not None
    assert (found.is_alike, found.same_photo) == (True, False)


def test_two_dark_photos_of_different_things_are_not_the_same() -> None:
    dark = [ImageEnhance.Brightness(_picture(seed)).enhance(0.05) for seed in range(6)]
    looks = [_look(image) for image in dark]
    assert not any(_same(left, right) for at, left in enumerate(looks) for right in looks[at + 1 :])


@pytest.mark.parametrize("seed", range(6))
def test_a_mirrored_photos_fingerprint_is_near_the_mirrored_fingerprint(seed: int) -> None:
    image = _picture(seed)
    own = land(_jpeg(image, 90)).fingerprint
    turned = land(_jpeg(ImageOps.mirror(image), 60)).fingerprint
    mirrored = fingerprints.turned(own)[2]
    assert distance_bits(mirrored, turned) <= fingerprints.MAX_DISTANCE_BITS
    assert fingerprints.turned(mirrored)[2] == own


def test_a_reason_says_what_was_done() -> None:
    image = _picture(3)
    looks = [_look(other) for other in (image, ImageOps.mirror(image), _edit(image, "crop", 0.9))]
    reasons = [_compared(looks[0], other).reason for other in looks]
    assert reasons[0] == "It shows the same photo: laid over it, its pixels agree by 100.0%."
    assert reasons[1].startswith("It shows the same photo: mirrored and laid over it")
    assert "with its edges cut off or a frame around it" in reasons[2]


def test_copies_of_crowd_photos_are_the_same_and_neighbours_are_not(shared: Path) -> None:
    folder = shared / "crowd" / "dev"
    with (folder / "truth.csv").open(encoding="utf-8") as file:
        truth = [row for row in csv.DictReader(file) if row["kind"] == "near_duplicate"]
    pairs = truth[:CROWD_PAIRS]
    looks = {
        upload: look_at(read_view(land(_photo(folder, upload)).view.data))
        for row in pairs
        for upload in (row["upload"], row["original"])
    }
    same = [_same(looks[row["upload"]], looks[row["original"]]) for row in pairs]
    assert sum(same) >= 0.95 * len(pairs)
    originals = [row["original"] for row in pairs]
    for row, other in zip(pairs, originals[1:] + originals[:1], strict=True):
        if row["original"] != other:
            assert not _same(looks[row["upload"]], looks[other])


def _photo(folder: Path, upload: str) -> bytes:
    return (folder / "photos" / f"{upload}.jpg").read_bytes()


def _compared(left: Look, right: Look) -> PhotoComparison:
    found = compare(left, right)
    assert found is not None
    return found


@pytest.mark.parametrize("turn", list(Image.Transpose))
def test_a_turned_photo_is_the_same_and_mostly_proposed(turn: Image.Transpose) -> None:
    near = 0
    for seed in range(5):
        original = _picture(seed)
        left, right = land(_jpeg(original, 85)), land(_jpeg(original.transpose(turn), 60))
        assert _same(look_at(read_view(left.view.data)), look_at(read_view(right.view.data)))
        ways = fingerprints.turned(left.fingerprint)
        away = min(distance_bits(way, right.fingerprint) for way in ways)
        near += away <= fingerprints.MAX_DISTANCE_BITS
    assert near >= 4
