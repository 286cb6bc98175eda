"""Training pictures made from photos: cut, mirrored, put on a canvas, or four in one.

The packed photos have 64 pixels a side and real ones are sharper, so half of the pictures show
photos smaller than they are: those are sharp at the network's size. Everything follows from the
seed, so a picture can be made again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageEnhance, ImageOps

from training.starter.packed import Pixels

SIDE_PIXELS = 96
NO_CLASS = -1

CUT_SHARE = 0.5
CANVAS_SHARE = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """`pixels` is N x 96 x 96 x 3 uint8; `classes` is NO_CLASS where several photos are in one."""

    pixels: Pixels
    classes: npt.NDArray[np.int64]


def make_picture(photos: Pixels, classes: npt.NDArray[np.int64], index: int, seed: int) -> Pictures:
    """Make one picture of the photo `index`; the others of N photos lend company and canvas."""
    dice = np.random.default_rng((seed, index))
    kind = dice.random()
    if kind < CUT_SHARE:
        image, known = _cut(photos[index], dice, SIDE_PIXELS), int(classes[index])
    elif kind < CUT_SHARE + CANVAS_SHARE:
        image, known = _on_canvas(photos, index, dice), int(classes[index])
    else:
        image, known = _four(photos, index, dice), NO_CLASS
    return Pictures(np.asarray(_toned(image, dice))[None], np.array([known], np.int64))


def cut_picture(photo: Pixels, index: int, seed: int) -> Pixels:
    """A part of one photo of any size, 96 x 96 x 3, in other tones."""
    dice = np.random.default_rng((seed, index))
    return np.asarray(_toned(_cut(photo, dice, SIDE_PIXELS, least_share=0.5), dice))


def _cut(
    photo: Pixels, dice: np.random.Generator, side: int, least_share: float = 0.35
) -> Image.Image:
    """A part of the photo with a share of its area and near its shape, as Inception was fed."""
    whole = photo.shape[0]
    share, shape = dice.uniform(least_share, 1), np.exp(dice.uniform(-0.29, 0.29))
    width = min(whole, whole * np.sqrt(share * shape))
    height = min(whole, whole * np.sqrt(share / shape))
    left, top = dice.uniform(0, whole - width), dice.uniform(0, whole - height)
    box = (left, top, left + width, top + height)
    image = Image.fromarray(photo).resize((side, side), Image.Resampling.BICUBIC, box)
    return ImageOps.mirror(image) if dice.random() < 0.5 else image


def _on_canvas(photos: Pixels, index: int, dice: np.random.Generator) -> Image.Image:
    """The photo at 44 to 76 pixels on one colour, on a slope of colours, or on a blurred photo."""
    canvas = Image.fromarray(_canvas(photos, dice))
    side = int(dice.integers(44, 77))
    small = _cut(photos[index], dice, side, least_share=0.7)
    left, top = dice.integers(0, SIDE_PIXELS - side + 1, 2)
    canvas.paste(small, (int(left), int(top)))
    return canvas


def _canvas(photos: Pixels, dice: np.random.Generator) -> Pixels:
    kind = dice.random()
    if kind < 0.4:
        colour = 255 if dice.random() < 0.4 else dice.integers(0, 256, 3)
        return np.full((SIDE_PIXELS, SIDE_PIXELS, 3), colour, np.uint8)
    corners = dice.integers(0, 256, (2, 2, 3)).astype(np.uint8)
    if kind > 0.7:
        corners = photos[dice.integers(len(photos))][::21, ::21]
    sides = (SIDE_PIXELS, SIDE_PIXELS)
    return np.asarray(Image.fromarray(corners).resize(sides, Image.Resampling.BICUBIC))


def _four(photos: Pixels, index: int, dice: np.random.Generator) -> Image.Image:
    """Four photos that meet at a point near the middle."""
    whole = Image.new("RGB", (SIDE_PIXELS, SIDE_PIXELS))
    across, down = (int(at) for at in dice.integers(36, SIDE_PIXELS - 35, 2))
    others = [index, *dice.integers(0, len(photos), 3)]
    dice.shuffle(others)
    corners = [(0, 0), (across, 0), (0, down), (across, down)]
    for other, (left, top) in zip(others, corners, strict=True):
        width = across if left == 0 else SIDE_PIXELS - across
        height = down if top == 0 else SIDE_PIXELS - down
        part = _cut(photos[other], dice, SIDE_PIXELS, least_share=0.6)
        whole.paste(part.resize((width, height), Image.Resampling.BOX), (left, top))
    return whole


def _toned(image: Image.Image, dice: np.random.Generator) -> Image.Image:
    kinds = (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color)
    for kind in kinds:
        if dice.random() < 0.5:
            image = kind(image).enhance(dice.uniform(0.7, 1.35))
    return ImageOps.grayscale(image).convert("RGB") if dice.random() < 0.04 else image
