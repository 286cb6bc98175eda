"""The photos that ship: what scenes.csv lists, at the size that the hub is to carry."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from deploy.demo.studio.__main__ import HERE, SHIPPED_PHOTOS, SHIPPED_SEED
from deploy.demo.studio.finish import CRISP, crispness, sharpened
from deploy.demo.studio.scene import scene
from deploy.demo.studio.scenes_file import row
from deploy.demo.studio.things import THINGS
from spark_jobs.verify.checks.all_checks import findings
from spark_jobs.verify.checks.view import View

MOST_BYTES = 12_000_000
PHOTOS = HERE / "photos"


def test_scenes_csv_lists_every_photo_as_the_studio_describes_it() -> None:
    with (HERE / "scenes.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.reader(table))[1:]
    told = [
        row(scene(name, number, SHIPPED_SEED))
        for name in sorted(THINGS)
        for number in range(1, SHIPPED_PHOTOS + 1)
    ]
    assert rows == told
    assert {line[0] for line in rows} == {photo.name for photo in PHOTOS.iterdir()}


def test_the_photos_are_small_and_upright_and_lying() -> None:
    sizes: Counter[tuple[int, int]] = Counter()
    for photo in PHOTOS.glob("*.jpg"):
        with Image.open(photo) as picture:
            sizes[picture.size] += 1
    assert set(sizes) == {(384, 288), (288, 384)}
    assert sum(photo.stat().st_size for photo in PHOTOS.iterdir()) <= MOST_BYTES


def test_no_photo_that_ships_counts_as_spoiled() -> None:
    for photo in PHOTOS.iterdir():
        with Image.open(photo) as picture:
            view = View.of(np.asarray(picture.convert("RGB")), picture.size, frozenset())
        assert findings(view) == [], photo.name


@pytest.mark.parametrize(("radius", "is_soft"), [(0, False), (6, True)])
def test_a_soft_picture_is_sharpened_and_a_crisp_one_is_left(
    radius: int, is_soft: bool, tmp_path: Path
) -> None:
    drawn = Image.new("RGB", (384, 288), (60, 90, 140))
    ImageDraw.Draw(drawn).ellipse((90, 50, 300, 250), (200, 160, 90))
    picture = drawn.filter(ImageFilter.GaussianBlur(radius))
    assert (crispness(picture) < CRISP) == is_soft
    assert (sharpened(picture) != picture) == is_soft
    assert (crispness(sharpened(picture)) > 1.02 * crispness(picture)) == is_soft
