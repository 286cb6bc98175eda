"""A small network made in code: fixed Gabor and colour filters, pooled on a grid.

It needs no file and no training. It tells simple drawings apart by shape, texture and colour, and
it does not know what anything is. Same numbers on every machine.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np
import numpy.typing as npt

NAME = "drawn"
SIDE_PIXELS = 96
GRID = 4
"""The picture's features are means over GRID x GRID fields."""

KERNEL_PIXELS = 11
ORIENTATIONS = 6
WAVELENGTHS_PIXELS = (4.0, 8.0)
OPPONENTS = (
    (0.299, 0.587, 0.114),  # light
    (0.5, -0.5, 0.0),  # red against green
    (0.25, 0.25, -0.5),  # yellow against blue
)
CHANNELS = 2 * ORIENTATIONS * len(WAVELENGTHS_PIXELS) + 2 * len(OPPONENTS)
FEATURES = CHANNELS * GRID * GRID
STRIDE_PIXELS = 2

Float32s = npt.NDArray[np.float32]


def filters() -> Float32s:
    """The filter bank, CHANNELS x 3 x KERNEL x KERNEL.

    Each filter stands beside its negative, so that after the rectifier both signs are kept.
    """
    light = np.array(OPPONENTS[0])
    bank = [
        light[:, None, None] * _gabor(wavelength, math.pi * turn / ORIENTATIONS)
        for wavelength in WAVELENGTHS_PIXELS
        for turn in range(ORIENTATIONS)
    ]
    blob = _gaussian(2.0)
    bank += [np.array(weights)[:, None, None] * blob for weights in OPPONENTS]
    signed = np.stack([sign * direction for direction in bank for sign in (1.0, -1.0)])
    # Rounded, so that the last bit of a machine's cosine does not make another network of it.
    return np.round(signed, 4).astype(np.float32)


def digest() -> str:
    """Hex sha256 of everything that decides the features."""
    shape = f"drawn/1 {SIDE_PIXELS} {GRID} {STRIDE_PIXELS}".encode()
    return hashlib.sha256(shape + filters().tobytes()).hexdigest()


def model() -> Any:
    """Build the OpenVINO model: uint8 1 x SIDE x SIDE x 3 -> float32 1 x FEATURES."""
    import openvino as ov
    from openvino import opset13 as ops

    pixels = ops.parameter([1, SIDE_PIXELS, SIDE_PIXELS, 3], np.uint8, name="pixels")
    scaled = ops.divide(ops.convert(pixels, np.float32), np.float32(255.0))
    centred = ops.subtract(ops.transpose(scaled, np.array([0, 3, 1, 2])), np.float32(0.5))
    strides = [STRIDE_PIXELS, STRIDE_PIXELS]
    margin = [KERNEL_PIXELS // 2] * 2
    found = ops.relu(ops.convolution(centred, filters(), strides, margin, margin, [1, 1]))
    field = SIDE_PIXELS // STRIDE_PIXELS // GRID
    pooled = ops.avg_pool(found, [field, field], [0, 0], [0, 0], [field, field], True)
    features = ops.reshape(pooled, np.array([1, FEATURES]), False)
    return ov.Model([features], [pixels], "drawn")


def _gabor(wavelength_pixels: float, angle: float) -> npt.NDArray[np.float64]:
    y, x = _grid()
    wave = np.cos(2 * math.pi * (x * math.cos(angle) + y * math.sin(angle)) / wavelength_pixels)
    kernel = wave * _gaussian(wavelength_pixels / 2)
    kernel -= kernel.mean()  # no answer to an even field
    return np.asarray(kernel / np.abs(kernel).sum())


def _gaussian(sigma_pixels: float) -> npt.NDArray[np.float64]:
    y, x = _grid()
    kernel = np.exp(-(x**2 + y**2) / (2 * sigma_pixels**2))
    return np.asarray(kernel / kernel.sum())


def _grid() -> npt.NDArray[np.float64]:
    reach = KERNEL_PIXELS // 2
    return np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float64)
