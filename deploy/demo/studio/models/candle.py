"""Candles, most of them lit."""

from __future__ import annotations

import math
import random

import bpy
import numpy as np
from numpy.typing import NDArray

from deploy.demo.studio import materials
from deploy.demo.studio.look import Appearance
from deploy.demo.studio.paint import linear
from deploy.demo.studio.shapes import curve, lathe, profile, sphere, tube

LIT_SHARE = 0.75
Spot = tuple[float, float, float]


def model(look: Appearance, chance: random.Random) -> None:
    """One candle of the look's form, or three tea lights."""
    is_lit = chance.random() < LIT_SHARE
    {"pillar": _pillar, "taper": _taper, "jar": _jar, "tealights": _tealights}[look.form](
        look, chance, is_lit
    )


def _pillar(look: Appearance, chance: random.Random, is_lit: bool) -> None:
    radius, tall = chance.uniform(0.03, 0.036), chance.uniform(0.07, 0.13)
    outline = [(0.0, 0.0), (radius, 0.0), (radius, tall * 0.5), (radius - 0.0005, tall - 0.003)]
    outline += [
        (radius - 0.004, tall),
        (radius - 0.008, tall - 0.003),
        (radius * 0.4, tall - 0.007),
        (0.0, tall - 0.008),
    ]
    lathe(materials.wax(look.colours[0]), profile(outline, 5), 48)
    _wick((0, 0, tall - 0.008), is_lit)
    for _ in range(chance.choice((0, 1, 2, 3))):
        turn, long = chance.uniform(0, 6.28), chance.uniform(0.02, 0.05)
        x, y = radius * math.cos(turn), radius * math.sin(turn)
        drip = [
            (x * 0.93, y * 0.93, tall - 0.001),
            (x, y, tall - 0.006),
            (x, y, tall - long),
            (x, y, tall - long - 0.004),
        ]
        tube(
            materials.wax(look.colours[0]),
            curve(drip, 5),
            np.linspace(0.0018, 0.0032, 16).tolist(),
            10,
        )


def _taper(look: Appearance, chance: random.Random, is_lit: bool) -> None:
    tall = chance.uniform(0.15, 0.21)
    brass = materials.metal(look.colours[1], 0.22)
    foot = [
        (0.0, 0.0),
        (0.045, 0.0),
        (0.047, 0.004),
        (0.03, 0.009),
        (0.012, 0.016),
        (0.009, 0.03),
        (0.015, 0.036),
        (0.017, 0.052),
        (0.014, 0.054),
        (0.0125, 0.045),
        (0.0, 0.044),
    ]
    lathe(brass, profile(foot, 5), 48)
    stick = [
        (0.0, 0.045),
        (0.0115, 0.045),
        (0.0105, tall),
        (0.008, tall + 0.036),
        (0.004, tall + 0.04),
        (0.0, tall + 0.0395),
    ]
    lathe(materials.wax(look.colours[0], 0.006), profile(stick, 5), 32)
    _wick((0, 0, tall + 0.039), is_lit)


def _jar(look: Appearance, chance: random.Random, is_lit: bool) -> None:
    tall = chance.uniform(0.075, 0.095)
    wall = [
        (0.0, 0.0),
        (0.038, 0.0),
        (0.04, 0.003),
        (0.04, tall),
        (0.0385, tall + 0.001),
        (0.037, tall),
        (0.037, 0.006),
        (0.0, 0.005),
    ]
    lathe(materials.glass(look.colours[1]), wall, 48)
    lathe(
        materials.wax(look.colours[0]),
        [(0.0, 0.0065), (0.0365, 0.0065), (0.0365, tall * 0.62), (0.0, tall * 0.61)],
        48,
    )
    label = [(0.0404, tall * 0.2), (0.0404, tall * 0.55)]
    lathe(materials.plain(chance.choice(("efe6d2", "3c4a44", "b9835a")), 0.7), label, 48)
    _wick((0, 0, tall * 0.61), is_lit)


def _tealights(look: Appearance, chance: random.Random, is_lit: bool) -> None:
    for number in range(3):
        turn = 2 * math.pi * number / 3 + chance.uniform(-0.3, 0.3)
        x, y = 0.028 * math.cos(turn), 0.028 * math.sin(turn)
        tin = lathe(
            materials.metal(look.colours[1], 0.3),
            [
                (0.0, 0.0),
                (0.019, 0.0),
                (0.0195, 0.015),
                (0.0198, 0.0155),
                (0.019, 0.015),
                (0.0188, 0.002),
            ],
            40,
        )
        fill = lathe(
            materials.wax(look.colours[0]),
            [(0.0, 0.002), (0.0187, 0.002), (0.0187, 0.0125), (0.0, 0.012)],
            40,
        )
        tin.location = fill.location = (x, y, 0)
        _wick((x, y, 0.012), is_lit)


def _wick(at: Spot, is_lit: bool) -> None:
    x, y, z = at
    tube(
        materials.matte("1a1410"),
        curve([at, (x, y, z + 0.005), (x + 0.0015, y, z + 0.009)], 4),
        0.0008,
        6,
    )
    if is_lit:
        _flame((x + 0.001, y, z + 0.006))


def _flame(at: Spot) -> None:
    def drop(unit: NDArray[np.float64]) -> NDArray[np.float64]:
        above = np.clip(unit[:, 2], 0, 1)
        slim = np.minimum((1 - above) ** 0.55 + 0.02, 1.0)
        tall = np.where(unit[:, 2] > 0, 4.2, 1.3)
        drawn: NDArray[np.float64] = unit * np.stack([slim, slim, tall], axis=1)
        return drawn

    flame = sphere(materials.glowing("ffc04a", 9.0), 0.0045, drop, 20)
    flame.location = (at[0], at[1], at[2] + 0.006)
    lamp = bpy.data.lights.new("flame", "POINT")
    lamp.energy, lamp.color, lamp.shadow_soft_size = 0.35, linear("ff9a3c"), 0.006
    light = bpy.data.objects.new("flame", lamp)
    light.location = (at[0], at[1], at[2] + 0.034)
    bpy.context.scene.collection.objects.link(light)
