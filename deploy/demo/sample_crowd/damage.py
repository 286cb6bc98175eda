"""What happens to a crowd's photos on their way: copies, bad light, shaky hands, broken files."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

QUALITY = 88
Change = Callable[[Image.Image, random.Random], bytes]
"""From a photo, RGB, to the bytes that are sent instead; chance says how strongly."""


def jpeg(photo: Image.Image, quality: int = QUALITY) -> bytes:
    """Encode a photo as JPEG."""
    data = io.BytesIO()
    photo.save(data, "JPEG", quality=quality)
    return data.getvalue()


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


DAMAGES: dict[str, Change] = {
    "blurred": blurred,
    "dark": dark,
    "bright": bright,
    "tiny": tiny,
    "truncated": truncated,
    "not_an_image": not_an_image,
}
"""Each way to spoil a photo by its kind in `truth.csv`."""


def recompressed(photo: Image.Image, chance: random.Random) -> bytes:
    """Encoded again, as messengers do."""
    return jpeg(photo, chance.randint(55, 80))


def shrunk(photo: Image.Image, chance: random.Random) -> bytes:
    """Made smaller."""
    small = ImageOps.scale(photo, chance.uniform(0.55, 0.9), Image.Resampling.LANCZOS)
    return recompressed(small, chance)


def cropped(photo: Image.Image, chance: random.Random) -> bytes:
    """A little cut off along each edge."""
    width, height = photo.size
    left, right = (round(width * chance.uniform(0.01, 0.05)) for _ in range(2))
    top, bottom = (round(height * chance.uniform(0.01, 0.05)) for _ in range(2))
    return recompressed(photo.crop((left, top, width - right, height - bottom)), chance)


def mirrored(photo: Image.Image, chance: random.Random) -> bytes:
    """Left and right swapped."""
    return recompressed(ImageOps.mirror(photo), chance)


def bordered(photo: Image.Image, chance: random.Random) -> bytes:
    """With a frame of one colour."""
    frame = chance.choice(["white", "black"])
    return recompressed(ImageOps.expand(photo, max(2, photo.width // 40), frame), chance)


def re_toned(photo: Image.Image, chance: random.Random) -> bytes:
    """Brighter or darker, and paler or more colourful."""
    lit = ImageEnhance.Brightness(photo).enhance(chance.uniform(0.82, 1.18))
    return recompressed(ImageEnhance.Color(lit).enhance(chance.uniform(0.65, 1.3)), chance)


NEAR_COPIES: dict[str, Change] = {
    "recompressed": recompressed,
    "shrunk": shrunk,
    "cropped": cropped,
    "mirrored": mirrored,
    "bordered": bordered,
    "re-toned": re_toned,
}
"""Each way to make a copy of other bytes that shows the same photo."""
