"""Dice with rounded corners and sunken pips; opposite sides add up to seven."""

from __future__ import annotations

import math
import random

import bpy
import numpy as np
from mathutils import Matrix

from deploy.demo.studio import materials
from deploy.demo.studio.look import Appearance
from deploy.demo.studio.shapes import box, sphere

SIDE = 0.016
COUNTS = {"one": 1, "pair": 2, "three": 3, "five": 5}
PIPS = {
    1: [(0, 0)],
    2: [(-1, -1), (1, 1)],
    3: [(-1, -1), (0, 0), (1, 1)],
    4: [(-1, -1), (-1, 1), (1, -1), (1, 1)],
    5: [(-1, -1), (-1, 1), (1, -1), (1, 1), (0, 0)],
    6: [(-1, -1), (-1, 0), (-1, 1), (1, -1), (1, 0), (1, 1)],
}
SIDES = {
    1: (0.0, 0.0),
    6: (math.pi, 0.0),
    2: (math.pi / 2, 0.0),
    5: (-math.pi / 2, 0.0),
    3: (0.0, math.pi / 2),
    4: (0.0, -math.pi / 2),
}
"""Turns about X and Y, in radians, that bring the top to each side."""


def model(look: Appearance, chance: random.Random) -> None:
    """One to five dice as they fell."""
    body, ink = _body(look), materials.plain(look.colours[1], 0.4)
    spots: list[tuple[float, float]] = []
    for _ in range(COUNTS[look.form]):
        spot = _free(spots, chance)
        spots.append(spot)
        top = SIDES[chance.randint(1, 6)]
        fall = Matrix.Rotation(top[0], 4, "X") @ Matrix.Rotation(top[1], 4, "Y")
        motion = (
            Matrix.Translation((*spot, SIDE / 2))
            @ Matrix.Rotation(chance.uniform(0, 6.28), 4, "Z")
            @ fall
        )
        for part in _die(body, ink):
            part.matrix_world = motion @ part.matrix_world


def _body(look: Appearance) -> materials.Material:
    if look.material == "clear acrylic":
        return materials.glass(look.colours[0], 0.0)
    if look.material == "wood":
        return materials.wood(look.colours[0], "7a4f28", 6.0)
    return materials.plastic(look.colours[0], 0.22)


def _free(spots: list[tuple[float, float]], chance: random.Random) -> tuple[float, float]:
    """A place apart from the others."""
    reach = SIDE * (0.9 + 0.25 * len(spots))
    for _ in range(200):
        spot = (chance.uniform(-reach, reach), chance.uniform(-reach, reach))
        if all(math.dist(spot, other) > SIDE * 1.45 for other in spots):
            return spot
        reach *= 1.02
    return (reach + SIDE * 2, 0.0)


def _die(body: materials.Material, ink: materials.Material) -> list[bpy.types.Object]:
    parts = [box(body, (SIDE, SIDE, SIDE), (0, 0, 0), SIDE * 0.11)]
    parts[0].modifiers["bevel"].segments = 5
    for count, (about_x, about_y) in SIDES.items():
        turn = Matrix.Rotation(about_x, 4, "X") @ Matrix.Rotation(about_y, 4, "Y")
        for x, y in PIPS[count]:
            pip = sphere(ink, SIDE * 0.095, lambda unit: unit * np.array([1, 1, 0.12]), 12)
            pip.matrix_world = turn @ Matrix.Translation(
                (x * SIDE * 0.26, y * SIDE * 0.26, SIDE / 2)
            )
            parts.append(pip)
    bpy.context.view_layer.update()
    return parts
