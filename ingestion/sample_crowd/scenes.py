"""A drawing becomes a photo: a place to stand, a camera's angle, light, noise."""

from __future__ import annotations

import random

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from imagehub.vocabulary import Label
from ingestion.sample_crowd.drawings import DRAWINGS
from ingestion.sample_crowd.pen import Pen

SIZES_PIXELS = [(480, 360), (360, 480), (440, 440), (560, 420), (512, 340)]
Floats = npt.NDArray[np.float64]


def photograph(label: Label, seed: str) -> Image.Image:
    """Draw one photo of the label, RGB; the same seed gives the same pixels."""
    chance = random.Random(seed)  # noqa: S311 - luck, not a secret
    noise = np.random.default_rng(chance.getrandbits(64))
    pen = Pen()
    DRAWINGS[label](pen, chance)
    size = chance.choice(SIZES_PIXELS)
    photo = Image.fromarray(_background(size, chance, noise).astype(np.uint8))
    thing = _seen_from_an_angle(pen.sheet, min(size), chance)
    spread = [max(0, (whole - part) // 3) for whole, part in zip(size, thing.size, strict=True)]
    at = tuple(
        (whole - part) // 2 + chance.randint(-room, room)
        for whole, part, room in zip(size, thing.size, spread, strict=True)
    )
    _cast_shadow(photo, thing, (at[0] + min(size) // 40, at[1] + min(size) // 30))
    photo.paste(thing, (at[0], at[1]), thing)
    return _expose(photo, chance, noise)


def _background(size: tuple[int, int], chance: random.Random, noise: np.random.Generator) -> Floats:
    """A wall and a table, both of muted colours and with a coarse texture; H x W x 3, 0 to 255."""
    width, height = size
    wall, table = (
        np.array([chance.uniform(65, 195)] * 3) + noise.uniform(-28, 28, 3) for _ in range(2)
    )
    edge = int(height * chance.uniform(0.45, 0.9))
    picture = np.empty((height, width, 3))
    picture[:edge], picture[edge:] = wall, table
    for cells, strength in ((4, 14.0), (24, 9.0)):
        coarse = noise.uniform(0, 255, (cells, cells)).astype(np.uint8)
        smooth = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
        picture += (np.asarray(smooth, dtype=float)[:, :, None] / 127.5 - 1) * strength
    return np.clip(picture, 0, 255)


def _seen_from_an_angle(sheet: Image.Image, side: int, chance: random.Random) -> Image.Image:
    """Turn the drawing a little, look at it from aside, and bring it to its size in the photo."""
    scale = side * chance.uniform(0.62, 0.92) / sheet.width
    squeezed = (
        round(sheet.width * scale * chance.uniform(0.88, 1.0)),
        round(sheet.height * scale * chance.uniform(0.9, 1.0)),
    )
    small = sheet.resize(squeezed, Image.Resampling.LANCZOS)
    return small.rotate(chance.uniform(-16, 16), Image.Resampling.BICUBIC, expand=True)


def _cast_shadow(photo: Image.Image, thing: Image.Image, at: tuple[int, int]) -> None:
    shadow = Image.new("L", photo.size, 0)
    shadow.paste(thing.getchannel("A").point(lambda alpha: alpha * 0.45), at)
    shadow = shadow.filter(ImageFilter.GaussianBlur(min(photo.size) / 40))
    photo.paste((20, 18, 16), (0, 0), shadow)


def _expose(photo: Image.Image, chance: random.Random, noise: np.random.Generator) -> Image.Image:
    """Light from one side, the lamp's tint, the lens' softness and the sensor's noise."""
    soft = photo.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 0.9)))
    pixels = np.asarray(soft, dtype=float)
    height, width, _ = pixels.shape
    across = np.linspace(-1, 1, width)[None, :] * chance.uniform(-0.22, 0.22)
    down = np.linspace(-1, 1, height)[:, None] * chance.uniform(-0.18, 0.12)
    tint = 1 + noise.uniform(-0.06, 0.06, 3)
    lit = pixels * (chance.uniform(0.82, 1.08) + across + down)[:, :, None] * tint
    grain = noise.normal(0, chance.uniform(2, 6), (height, width, 1))
    return Image.fromarray(np.clip(lit + grain, 0, 255).astype(np.uint8))
