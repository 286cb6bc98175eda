"""Source photos that a crowd's truth takes for two and that are one picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from deploy.curation.scoring import sources as source_of
from ingestion.simulation.crowd import Truth
from tests.benchmarks.curation.same_pictures import SamePicture, completed, same_pictures

SIZE = (240, 161)
GOOD = Truth("good", "Leopard", "")


def picture(seed: int = 0) -> Image.Image:
    """Smooth patches of colour, as photos have them; no side need be a multiple of a cell's."""
    colours = np.random.default_rng(seed).integers(0, 256, (9, 13, 3), dtype=np.uint8)
    return Image.fromarray(colours).resize(SIZE, Image.Resampling.BICUBIC)


def retouched(picture: Image.Image) -> Image.Image:
    """The picture with a badge of another colour."""
    other = picture.copy()
    ImageDraw.Draw(other).rectangle((100, 80, 119, 99), fill="white")
    return other


def recoloured(picture: Image.Image) -> Image.Image:
    """The picture whose left half is red where it was blue."""
    half = picture.crop((0, 0, SIZE[0] // 2, SIZE[1]))
    red, green, blue = half.split()
    other = picture.copy()
    other.paste(Image.merge("RGB", (blue, green, red)))
    return other


WAYS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "saved again": Image.Image.copy,
    "mirrored": ImageOps.mirror,
    "in 256 colours": lambda image: image.convert("P").convert("RGB"),
    "framed": lambda image: ImageOps.expand(image, 3, "gold"),
    "cut": lambda image: image.crop((9, 4, 230, 158)),
    "stretched": lambda image: image.resize((240, 190)),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(0.8),
}


def found_among(folder: Path, image: Image.Image, other: Image.Image) -> list[SamePicture]:
    image.save(folder / "a.jpg", quality=92)
    other.save(folder / "b.jpg", quality=88)
    return same_pictures({name: folder / f"{name}.jpg" for name in "ab"})


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_that_was_changed_as_a_whole_is_the_same(tmp_path: Path, way: str) -> None:
    (pair,) = found_among(tmp_path, picture(), WAYS[way](picture()))
    assert (pair.first, pair.second, pair.is_mirrored) == ("a", "b", way == "mirrored")


@pytest.mark.parametrize(
    "other",
    [
        picture(1),
        retouched(picture()),
        recoloured(picture()),
        ImageOps.flip(picture()),
        Image.new("RGB", SIZE),
    ],
    ids=["another", "retouched", "recoloured in part", "upside down", "black"],
)
def test_what_differs_in_one_place_is_another_picture(tmp_path: Path, other: Image.Image) -> None:
    assert not found_among(tmp_path, picture(), other)


def test_the_truth_is_completed_through_repeats() -> None:
    copy = Truth("near_duplicate", "Leopard", "b")
    truth = {"a": GOOD, "b": GOOD, "copy": copy, "c": GOOD, "other": GOOD}
    pairs = [SamePicture("a", "b", True, 2.0), SamePicture("b", "c", True, 2.0)]
    whole = completed(truth, [*pairs, SamePicture("a", "c", False, 2.0)])
    repeated = source_of({name: fact.original for name, fact in whole.items()})
    assert repeated == {"a": "a", "b": "a", "copy": "a", "c": "a", "other": "other"}
    assert all(whole[name].kind == fact.kind for name, fact in truth.items())
