"""From the renderer's picture to a phone's JPEG: exposure, tint, grain, falloff to the corners."""

from __future__ import annotations

import math
import random
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Pixels = NDArray[np.float64]

BRIGHTNESS = {"evening lamp": 0.32, "neon": 0.32, "flash": 0.4}
"""Mean luminance (0 to 1) that a phone would aim for in dim light; elsewhere DAYLIGHT."""

DAYLIGHT = 0.46
QUALITY = 82
SATURATION = 1.1
BALANCE = 0.35
"""How much of a tint a phone's white balance takes away."""

CRISP = 0.135
"""The steepest step between neighbours, per contrast, that a phone's own sharpening aims at."""

STRENGTHS_PERCENT = (60, 120, 180, 240, 300, 360)
STEEPEST_PERCENTILE = 99.5
GLANCE_PIXELS = 128
"""Short side at which crispness is measured: what is seen at a glance."""


def develop(rendered: Path, photo: Path, light: str, chance: random.Random) -> None:
    """Write the JPEG `photo` from the lossless picture `rendered`."""
    with Image.open(rendered) as picture:
        pixels = np.asarray(picture.convert("RGB"), dtype=np.float64) / 255
    luck = np.random.default_rng(chance.getrandbits(32))
    pixels = _lively(pixels)
    pixels = _exposed(pixels, BRIGHTNESS.get(light, DAYLIGHT) * luck.uniform(0.9, 1.1))
    warmth = luck.uniform(-0.025, 0.025)
    pixels = pixels * np.array([1 + warmth, 1.0, 1 - warmth])
    pixels *= 1 - luck.uniform(0.0, 0.16) * _far(pixels.shape[0], pixels.shape[1])[:, :, None]
    pixels += luck.normal(0, luck.uniform(0.002, 0.008), pixels.shape[:2])[:, :, None]
    pixels += luck.normal(0, 0.002, pixels.shape)
    made = Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8))
    made = sharpened(made)
    partial = photo.with_suffix(".part")
    made.save(partial, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    partial.replace(photo)


def _lively(pixels: Pixels) -> Pixels:
    """More contrast and colour, as a phone's own processing gives."""
    low, high = np.percentile(pixels, (0.5, 99.7))
    low, high = 0.8 * low, 1 - 0.8 * (1 - max(high, low + 0.3))
    pixels = np.clip((pixels - low) / (high - low), 0, 1)
    pixels *= (pixels.mean() / np.maximum(pixels.mean(axis=(0, 1)), 0.02)) ** BALANCE
    grey = pixels.mean(axis=2, keepdims=True)
    lively: Pixels = np.clip(grey + SATURATION * (pixels - grey), 0, 1)
    return lively


def _exposed(pixels: Pixels, aim: float) -> Pixels:
    """Half of the way to the brightness aimed for, by a curve that keeps black and white."""
    mean = float(np.clip(pixels.mean(), 0.02, 0.98))
    exponent = math.log(math.sqrt(mean * aim)) / math.log(mean)
    return np.power(pixels, exponent)


def sharpened(photo: Image.Image) -> Image.Image:
    """Sharpen as phones do, no more than it takes; what is crisp stays as it is."""
    sharp = photo
    for strength in STRENGTHS_PERCENT:
        if crispness(sharp) >= CRISP:
            break
        sharp = photo.filter(ImageFilter.UnsharpMask(2, strength, 0))
    return sharp


def crispness(photo: Image.Image) -> float:
    """The steepest steps between neighbours in the softest of four directions, per contrast."""
    scale = GLANCE_PIXELS / min(photo.size)
    seen = photo.convert("L").resize((round(photo.width * scale), round(photo.height * scale)))
    light = np.asarray(seen, dtype=np.float64)
    low, high = np.percentile(light, (1, 99))
    steps = (
        light[:, 1:] - light[:, :-1],
        light[1:] - light[:-1],
        (light[1:, 1:] - light[:-1, :-1]) / math.sqrt(2),
        (light[1:, :-1] - light[:-1, 1:]) / math.sqrt(2),
    )
    steepest = [float(np.percentile(np.abs(step), STEEPEST_PERCENTILE)) for step in steps]
    return min(steepest) / max(float(high - low), 1.0)


def _far(rows: int, columns: int) -> Pixels:
    """Squared distance from the middle: 0 there, 1 in the corners."""
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    far: Pixels = (x**2 + y**2) / 2
    return far
