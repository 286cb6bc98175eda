"""The photos that ship: what scenes.csv lists, at the size that the hub is to carry."""

from __future__ import annotations

import csv
from collections import Counter

from PIL import Image

from ingestion.studio.__main__ import HERE, SHIPPED_PHOTOS, SHIPPED_SEED
from ingestion.studio.scene import scene
from ingestion.studio.scenes_file import row
from ingestion.studio.things import THINGS

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
