"""How light a photo is, pixel by pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LEVELS = 256


def luma(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Luma (ITU-R BT.601) of H x W x 3 pixels, H x W, rounded to whole levels."""
    return np.asarray(Image.fromarray(pixels).convert("L"))


def count_levels(plane: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How many pixels of an H x W plane have each of the LEVELS values."""
    return np.array(Image.fromarray(plane).histogram(), np.int64)
