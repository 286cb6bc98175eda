"""Photos whose bytes are found again wherever they come out."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image

SLICE_BYTES = 48


def noise() -> bytes:
    """A JPEG whose every stretch of bytes is its own; each call makes another."""
    pixels = np.random.default_rng().integers(0, 255, (192, 256, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=80)
    return stream.getvalue()


def slices(data: bytes) -> Iterator[bytes]:
    """Stretches of the bytes, from all over."""
    for part in range(1, 8):
        start = len(data) * part // 8
        yield data[start : start + SLICE_BYTES]
