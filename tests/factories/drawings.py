"""Photos drawn in code and the derivatives that ingestion would make of them."""

from __future__ import annotations

import random
from io import BytesIO

from PIL import Image, ImageDraw

from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore


def drawn_jpeg(seed: int, size: tuple[int, int] = (1024, 768)) -> bytes:
    """A JPEG of coloured shapes, the same for the same seed and size."""
    dice = random.Random(seed)
    picture = Image.new("RGB", size, tuple(dice.randrange(60, 200) for _ in range(3)))
    pen = ImageDraw.Draw(picture)
    for _ in range(9):
        x, y = dice.randrange(size[0]), dice.randrange(size[1])
        reach = dice.randrange(10, max(11, min(size) // 2))
        colour = tuple(dice.randrange(256) for _ in range(3))
        dice.choice((pen.ellipse, pen.rectangle))(
            (x - reach, y - reach, x + reach, y + reach), colour
        )
    return _jpeg(picture)


def put_derivatives(store: ObjectStore, digest: str, full: bytes) -> None:
    """Store the objects of one landed photo: original, full, view and thumb."""
    store.put(keys.original(digest), full)
    store.put(keys.full(digest), full)
    for key, side in ((keys.view(digest), 512), (keys.thumb(digest), 192)):
        picture = Image.open(BytesIO(full)).convert("RGB")
        picture.thumbnail((side, side))
        store.put(key, _jpeg(picture))


def size_within(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Width and height in pixels, scaled down until the long side is at most `side`."""
    scale = min(1.0, side / max(size))
    return round(size[0] * scale), round(size[1] * scale)


def _jpeg(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()
