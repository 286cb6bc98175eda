"""Copies of a photo as people make them, and embeddings that tell photos apart."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageEnhance, ImageOps

from imagehub.vocabulary import EMBEDDING_DIMENSIONS
from tests.factories import drawn_jpeg


def _jpeg(image: Image.Image, quality: int = 70) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def _crop(image: Image.Image) -> Image.Image:
    width, height = image.size
    return image.crop((width // 16, height // 20, width - width // 30, height - height // 18))


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "recompressed": lambda image: image,
    "smaller": lambda image: image.resize((image.width // 2, image.height // 2)),
    "cropped": _crop,
    "mirrored": ImageOps.mirror,
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.15),
    "framed": lambda image: ImageOps.expand(image, image.width // 40, "white"),
}


def drawing(seed: int, size: tuple[int, int] = (320, 240)) -> bytes:
    """A drawn photo."""
    return drawn_jpeg(seed, size)


def copy_of(jpeg: bytes, how: str) -> bytes:
    """A near copy; `how` is one of COPIES."""
    return _jpeg(COPIES[how](Image.open(BytesIO(jpeg)).convert("RGB")))


def embedding(seed: int, noise: int = 0) -> list[float]:
    """256 numbers: alike for equal seeds, whatever the noise."""
    base, dice = random.Random(seed), random.Random(f"{seed} {noise}")
    return [base.gauss(0, 1) + 0.05 * dice.gauss(0, 1) for _ in range(EMBEDDING_DIMENSIONS)]
