"""A mug with its handle, often with something to drink."""

from __future__ import annotations

import math
import random

from deploy.demo.studio import materials
from deploy.demo.studio.look import Appearance
from deploy.demo.studio.shapes import curve, lathe, profile, tube

OUTLINES = {
    "straight": [(0.038, 0.0), (0.040, 0.004), (0.0405, 0.05), (0.0405, 0.092)],
    "round": [(0.027, 0.0), (0.032, 0.004), (0.044, 0.03), (0.043, 0.06), (0.039, 0.083)],
    "enamel": [(0.040, 0.0), (0.042, 0.003), (0.042, 0.04), (0.042, 0.078)],
    "tapered": [(0.030, 0.0), (0.033, 0.004), (0.040, 0.05), (0.043, 0.1)],
}
WALL = 0.0035
DRINKS = {"coffee": "1d0d06", "milky coffee": "7b4f2c", "tea": "6b2a08"}


def model(look: Appearance, chance: random.Random) -> None:
    """One mug, its handle along +X."""
    outer = OUTLINES[look.form]
    body = _body(look)
    top = outer[-1][1]
    rim = [(outer[-1][0] - WALL / 2, top + WALL / 2)]
    inner = [(max(radius - WALL, 0.0), max(height, 0.006)) for radius, height in outer[::-1]]
    lathe(body, profile([(0.0, 0.0), *outer, *rim, *inner, (0.0, 0.006)], 5), 56)
    radius = outer[-2][0]
    low, high = top * 0.22, top * 0.82
    reach = radius + chance.uniform(0.024, 0.03)
    bend = [
        (radius - 0.002, 0.0, high),
        (reach - 0.004, 0.0, high + 0.003),
        (reach, 0.0, (low + high) / 2),
    ]
    bend += [(reach - 0.008, 0.0, low + 0.002), (radius - 0.004, 0.0, low - 0.004)]
    tube(body, curve(bend, 8), 0.0046, 12, 1.35)
    _details(look, outer, chance)


def _body(look: Appearance) -> materials.Material:
    if "speckled" in look.material:
        return materials.glaze(look.colours[0], look.colours[1])
    if "matte" in look.material:
        return materials.matte(look.colours[0])
    return materials.glaze(look.colours[0])


def _details(look: Appearance, outer: list[tuple[float, float]], chance: random.Random) -> None:
    """Something to drink in two of three; a dark rim on enamel, a stripe on some."""
    radius, top = outer[-1]
    if look.form == "enamel":
        rim = [
            (math.cos(at / 24 * math.pi) * radius, math.sin(at / 24 * math.pi) * radius, top)
            for at in range(49)
        ]
        tube(materials.glaze(look.colours[1]), rim, 0.0022, 8)
    if look.colours[1] != look.colours[0] and look.form == "straight":
        band = [
            (radius + 0.0003, top * 0.62),
            (radius + 0.0006, top * 0.66),
            (radius + 0.0006, top * 0.74),
            (radius + 0.0003, top * 0.78),
        ]
        lathe(materials.glaze(look.colours[1]), band, 56)
    if chance.random() < 0.66:
        drink = materials.plain(DRINKS[chance.choice(list(DRINKS))], 0.06)
        level = top * chance.uniform(0.74, 0.88)
        lathe(drink, [(0.0, level), (radius - WALL, level), (radius - WALL, level - 0.002)], 40)
