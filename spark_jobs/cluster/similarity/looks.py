"""A look: the small form of a photo that is compared with another one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagehub.photo import resize

SIDE = 64
FINE_SIDE = 192

Plane = NDArray[np.float64]

# JPEG File Interchange Format 1.02: YCbCr from RGB.
YCBCR = np.array(
    [
        [0.299, 0.587, 0.114],
        [-0.168736, -0.331264, 0.5],
        [0.5, -0.418688, -0.081312],
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A photo squeezed into squares, whatever its own shape: 49 kB.

    `colours` is 64 x 64 x 3 uint8: luma and two chroma planes (128 is grey); `luma` is 192 x 192
    uint8. `short_side_pixels` is that of the pixels it was made from.
    """

    colours: NDArray[np.uint8]
    luma: NDArray[np.uint8]
    short_side_pixels: int

    def mirrored(self) -> Look:
        """The look of the mirrored photo."""
        return Look(self.colours[:, ::-1], self.luma[:, ::-1], self.short_side_pixels)

    def turned(self, quarters: int) -> Look:
        """The look of the photo turned left by quarters of a full turn."""
        colours, luma = np.rot90(self.colours, quarters), np.rot90(self.luma, quarters)
        return Look(colours, luma, self.short_side_pixels)


def look_at(pixels: NDArray[np.uint8]) -> Look:
    """Make the look of H x W x 3 RGB pixels."""
    small = resize(pixels, SIDE, SIDE).astype(np.float64) @ YCBCR.T
    small[:, :, 1:] += 128
    fine = resize(pixels, FINE_SIDE, FINE_SIDE).astype(np.float32) @ YCBCR[0].astype(np.float32)
    return Look(_to_bytes(small), _to_bytes(fine), min(pixels.shape[:2]))


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


def _to_bytes(numbers: NDArray[np.floating]) -> NDArray[np.uint8]:
    levels: NDArray[np.uint8] = np.clip(np.rint(numbers), 0, 255).astype(np.uint8)
    return levels
