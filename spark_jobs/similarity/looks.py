"""A look: what is left of a photo for comparing it with another one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imagehub.photo import resize

SIDE = 64

Look = NDArray[np.uint8]
"""64 x 64 x 3: luma and two chroma planes (128 is grey). Its shape is not the photo's."""

Plane = NDArray[np.float64]

# JPEG File Interchange Format 1.02: YCbCr from RGB.
YCBCR = np.array(
    [
        [0.299, 0.587, 0.114],
        [-0.168736, -0.331264, 0.5],
        [0.5, -0.418688, -0.081312],
    ]
)


def look_at(pixels: NDArray[np.uint8]) -> Look:
    """Make the look of H x W x 3 RGB pixels."""
    small = resize(pixels, SIDE, SIDE).astype(np.float64) @ YCBCR.T
    small[:, :, 1:] += 128
    look: Look = np.clip(np.rint(small), 0, 255).astype(np.uint8)
    return look


def shrink(plane: Plane, side: int) -> Plane:
    """Average a square plane down to `side`, which divides its own."""
    block = plane.shape[0] // side
    means: Plane = plane.reshape(side, block, side, block).mean(axis=(1, 3))
    return means


def blur(plane: Plane) -> Plane:
    """Smooth with weights 1:2:1 in both directions, so that sub-pixel shifts cost little."""
    padded = np.pad(plane, 1, mode="edge")
    rows = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    smooth: Plane = (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 4
    return smooth


def correlation(left: Plane, right: Plane) -> float:
    """Pearson's correlation of two arrays of numbers; 0 where one of them is flat."""
    x, y = left - left.mean(), right - right.mean()
    size = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / size if size > 1e-9 else 0.0
