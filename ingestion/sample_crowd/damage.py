"""What happens to a crowd's photos on their way: copies, bad light, shaky hands, broken files."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

QUALITY = 88


def jpeg(photo: Image.Image, quality: int = QUALITY) -> bytes:
    """Encode a photo as JPEG."""
    data = io.BytesIO()
    photo.save(data, "JPEG", quality=quality)
    return data.getvalue()


def near_copy(photo: Image.Image, chance: random.Random) -> bytes:
    """A copy as people make them: smaller, trimmed, toned or framed, and encoded again."""
    how = chance.choice([_resized, _trimmed, _toned, _framed, _same])
    return jpeg(how(photo, chance), chance.randint(55, 80))


def blurred(photo: Image.Image, chance: random.Random) -> bytes:
    """Out of focus."""
    radius = min(photo.size) / chance.uniform(14, 20)
    return jpeg(photo.filter(ImageFilter.GaussianBlur(radius)))


def dark(photo: Image.Image, chance: random.Random) -> bytes:
    """Taken without light."""
    return jpeg(ImageEnhance.Brightness(photo).enhance(chance.uniform(0.02, 0.05)))


def bright(photo: Image.Image, chance: random.Random) -> bytes:
    """Taken against the sun."""
    floor = chance.uniform(225, 238)
    return jpeg(photo.point(lambda value: value * 0.12 + floor))


def tiny(photo: Image.Image, chance: random.Random) -> bytes:
    """A thumbnail in place of the photo."""
    side = chance.randint(24, 44)
    return jpeg(ImageOps.contain(photo, (side, side)))


def truncated(photo: Image.Image, chance: random.Random) -> bytes:
    """Cut off in the middle of the file."""
    data = jpeg(photo)
    return data[: int(len(data) * chance.uniform(0.15, 0.8))]


def not_an_image(_photo: Image.Image, chance: random.Random) -> bytes:
    """Something else altogether."""
    return chance.choice(
        [
            b"",
            b"<html><body>502 Bad Gateway</body></html>",
            chance.randbytes(5000),
            b"PK\x03\x04" + chance.randbytes(2000),
            b"%PDF-1.7\n" + chance.randbytes(3000),
        ]
    )


DAMAGES: dict[str, Callable[[Image.Image, random.Random], bytes]] = {
    "blurred": blurred,
    "dark": dark,
    "bright": bright,
    "tiny": tiny,
    "truncated": truncated,
    "not_an_image": not_an_image,
}
"""Each way to spoil a photo by its kind in `truth.csv`."""


def _same(photo: Image.Image, _chance: random.Random) -> Image.Image:
    return photo


def _resized(photo: Image.Image, chance: random.Random) -> Image.Image:
    return ImageOps.scale(photo, chance.uniform(0.55, 0.9), Image.Resampling.LANCZOS)


def _trimmed(photo: Image.Image, chance: random.Random) -> Image.Image:
    margin = int(min(photo.size) * chance.uniform(0.01, 0.03))
    return photo.crop((margin, margin, photo.width - margin // 2, photo.height - margin))


def _toned(photo: Image.Image, chance: random.Random) -> Image.Image:
    lit = ImageEnhance.Brightness(photo).enhance(chance.uniform(0.85, 1.15))
    return ImageEnhance.Color(lit).enhance(chance.uniform(0.7, 1.25))


def _framed(photo: Image.Image, chance: random.Random) -> Image.Image:
    return ImageOps.expand(photo, max(2, photo.width // 50), chance.choice(["white", "black"]))
