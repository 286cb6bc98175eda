"""Apples: round or waisted, with a stem, one or a few together."""

from __future__ import annotations

import math
import random

import bpy
import numpy as np
from numpy.typing import NDArray

from deploy.demo.studio import materials
from deploy.demo.studio.look import Appearance
from deploy.demo.studio.shapes import curve, sphere, tube

COUNTS = {"one": 1, "two": 2, "three": 3}
RADIUS = 0.038


def model(look: Appearance, chance: random.Random) -> None:
    """One to three apples that touch."""
    count = COUNTS[look.form]
    for number in range(count):
        turn = 2 * math.pi * number / count
        far = 0.0 if count == 1 else RADIUS * (1.05 if count == 2 else 1.2)
        lean = (chance.gauss(0, 0.15), chance.gauss(0, 0.15), chance.uniform(0, 6.28))
        for part in _apple(look, chance):
            part.location = (far * math.cos(turn), far * math.sin(turn), RADIUS * 0.9)
            part.rotation_euler = lean


def _apple(look: Appearance, chance: random.Random) -> list[bpy.types.Object]:
    tall, lobes = chance.uniform(0.86, 1.0), chance.uniform(0.0, 0.03)

    def shape(unit: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y, z = unit.T
        out = np.hypot(x, y)
        dip = 0.34 * np.exp(-((out / 0.3) ** 2)) * (z > 0) - 0.2 * np.exp(-((out / 0.25) ** 2)) * (
            z < 0
        )
        waist = 1.0 - 0.14 * np.clip(-z, 0, 1) ** 1.5
        ribs = 1 + lobes * np.cos(5 * np.arctan2(y, x)) * (1 - z) / 2
        return np.stack([x * waist * ribs, y * waist * ribs, z * tall - dip], axis=1)

    freckles = "e8d79a" if "smooth" in look.material else "8a5a2a"
    fruit = sphere(materials.skin(look.colours, freckles, chance), RADIUS, shape)
    bend = [(0, 0, 0.5), (0.03, 0.0, 0.72), (chance.uniform(0.05, 0.2), 0.04, 1.05)]
    stem = tube(
        materials.matte("4a3018"),
        curve([(x * RADIUS, y * RADIUS, z * RADIUS) for x, y, z in bend], 6),
        [0.0012] * 10 + [0.0019] * 3,
        8,
    )
    return [fruit, stem]
