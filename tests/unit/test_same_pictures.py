"""Source photos that a crowd's truth takes for two and that are one picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from deploy.local.curation.scoring import sources as source_of
from ingestion.crowd import Truth
from tests.benchmarks.curation.same_pictures import SamePicture, completed, same_pictures

SIZE = (90, 61)
GOOD = Truth("good", "Leopard", "")


def picture(seed: int = 0, size: tuple[int, int] = SIZE) -> Image.Image:
    """Smooth patches of colour, as photos have them; no side need be a multiple of a cell's."""
    colours = np.random.default_rng(seed).integers(0, 256, (7, 9, 3), dtype=np.uint8)
    return Image.fromarray(colours).resize(size, Image.Resampling.BICUBIC)


def retouched() -> Image.Image:
    """The first picture with a badge of another colour."""
    other = picture()
    ImageDraw.Draw(other).rectangle((40, 30, 47, 37), fill="white")
    return other


def found_among(folder: Path, one: Image.Image, other: Image.Image) -> list[SamePicture]:
    one.save(folder / "a.jpg", quality=92)
    other.save(folder / "b.jpg", quality=88)
    return same_pictures({name: folder / f"{name}.jpg" for name in "ab"})


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_a_picture_saved_again_or_mirrored_is_the_same(tmp_path: Path, is_mirrored: bool) -> None:
    other = ImageOps.mirror(picture()) if is_mirrored else picture()
    (pair,) = found_among(tmp_path, picture(), other)
    assert (pair.first, pair.second, pair.is_mirrored) == ("a", "b", is_mirrored)
    assert pair.difference < 4


@pytest.mark.parametrize(
    "other", [picture(1), retouched(), picture(0, (91, 61)), ImageOps.flip(picture())]
)
def test_what_differs_in_one_place_or_in_size_is_another_picture(
    tmp_path: Path, other: Image.Image
) -> None:
    assert not found_among(tmp_path, picture(), other)


def test_the_truth_is_completed_through_repeats() -> None:
    copy = Truth("near_duplicate", "Leopard", "b")
    truth = {"a": GOOD, "b": GOOD, "copy": copy, "c": GOOD, "other": GOOD}
    pairs = [SamePicture("a", "b", True, 2.0), SamePicture("b", "c", True, 2.0)]
    whole = completed(truth, [*pairs, SamePicture("a", "c", False, 2.0)])
    repeated = source_of({name: one.original for name, one in whole.items()})
    assert repeated == {"a": "a", "b": "a", "copy": "a", "c": "a", "other": "other"}
    assert all(whole[name].kind == one.kind for name, one in truth.items())
