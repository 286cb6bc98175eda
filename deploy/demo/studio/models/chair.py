"""Chairs: with slats, a moulded shell, a café's metal, an armchair."""

from __future__ import annotations

import math
import random

import numpy as np

from deploy.demo.studio import materials
from deploy.demo.studio.look import Appearance
from deploy.demo.studio.shapes import Finish, box, curve, grid, lathe, profile, solid, tube

SEAT = 0.45
"""Height of the seat, in metres."""


def model(look: Appearance, chance: random.Random) -> None:
    """One chair that faces -Y."""
    {"slats": _slats, "shell": _shell, "cafe": _cafe, "armchair": _armchair}[look.form](
        look, chance
    )


def _slats(look: Appearance, chance: random.Random) -> None:
    timber = (
        materials.wood(*look.colours)
        if look.material == "wood"
        else materials.plain(look.colours[0], 0.4)
    )
    box(timber, (0.44, 0.42, 0.028), (0, 0, SEAT), 0.012)
    for x in (-0.19, 0.19):
        tube(timber, [(x, -0.18, SEAT), (x * 1.06, -0.2, 0.0)], [0.019, 0.014], 12)
        tube(
            timber,
            curve([(x * 1.06, 0.21, 0.0), (x, 0.18, SEAT), (x, 0.22, 0.7), (x, 0.27, 0.9)], 6),
            0.017,
            12,
        )
        tube(timber, [(x * 1.04, -0.19, 0.2), (x * 1.04, 0.2, 0.2)], 0.011, 10)
    tube(timber, [(-0.2, 0.0, 0.2), (0.2, 0.0, 0.2)], 0.011, 10)
    if chance.random() < 0.5:
        for level in (0.6, 0.72, 0.85):
            lean = 0.18 + (level - SEAT) * 0.2
            box(timber, (0.38, 0.018, 0.06), (0, lean, level), 0.007)
    else:
        box(timber, (0.42, 0.022, 0.07), (0, 0.268, 0.88), 0.009)
        for x in np.linspace(-0.13, 0.13, 5):
            tube(timber, curve([(x, 0.18, SEAT), (x, 0.215, 0.68), (x, 0.266, 0.88)], 5), 0.009, 10)


def _shell(look: Appearance, chance: random.Random) -> None:
    rows = curve(
        [
            (0, -0.23, SEAT - 0.03),
            (0, -0.2, SEAT),
            (0, 0.02, SEAT - 0.03),
            (0, 0.17, SEAT + 0.03),
            (0, 0.24, 0.62),
            (0, 0.29, 0.84),
        ],
        6,
    )
    columns = np.linspace(-1, 1, 17)
    vertices = []
    for at, (_, y, z) in enumerate(rows):
        share = at / (len(rows) - 1)
        half = 0.235 - 0.02 * share - 0.07 * max(0.0, share - 0.8) / 0.2
        lift = 0.055 * (1 - abs(2 * share - 0.9))
        for across in columns:
            curl = abs(across) ** 2.5
            vertices.append(
                (half * across, y - 0.07 * curl * max(0.0, share - 0.45), z + lift * curl)
            )
    plastic = materials.plastic(look.colours[0], 0.32)
    shell = solid(
        plastic, np.array(vertices), grid(len(rows), len(columns)), Finish(subdivisions=1)
    )
    thick = shell.modifiers.new("thick", "SOLIDIFY")
    thick.thickness = 0.008
    legs = (
        materials.wood(look.colours[1], "7a4f2a", 2.0)
        if chance.random() < 0.7
        else materials.metal("c9c9cc", 0.2)
    )
    for x in (-1, 1):
        for y in (-1, 1):
            tube(
                legs,
                [(x * 0.13, y * 0.12, SEAT - 0.02), (x * 0.22, y * 0.22, 0.0)],
                [0.017, 0.011],
                12,
            )
        tube(
            materials.metal("2a2a2c", 0.4),
            [(x * 0.14, -0.13, 0.4), (-x * 0.14, 0.13, 0.4)],
            0.006,
            8,
        )


def _cafe(look: Appearance, chance: random.Random) -> None:
    paint = materials.metal(look.colours[0], 0.42)
    disc = materials.wood("8a5a30", "54321a", 1.5) if chance.random() < 0.6 else paint
    lathe(
        disc,
        profile(
            [
                (0.0, SEAT - 0.01),
                (0.2, SEAT - 0.01),
                (0.212, SEAT),
                (0.205, SEAT + 0.012),
                (0.0, SEAT + 0.014),
            ],
            4,
        ),
    )
    for x in (-1, 1):
        tube(
            paint,
            curve([(x * 0.14, -0.13, SEAT), (x * 0.17, -0.17, 0.25), (x * 0.21, -0.21, 0.0)], 5),
            0.011,
            10,
        )
        tube(
            paint,
            curve([(x * 0.14, 0.14, SEAT), (x * 0.17, 0.18, 0.25), (x * 0.2, 0.24, 0.0)], 5),
            0.011,
            10,
        )
    hoop = [(-0.18, 0.1, SEAT), (-0.19, 0.18, 0.68), (-0.12, 0.235, 0.85), (0, 0.25, 0.89)]
    hoop += [(-x, y, z) for x, y, z in hoop[-2::-1]]
    tube(paint, curve(hoop, 6), 0.011, 10)
    inner = [(x * 0.55, y, SEAT + (z - SEAT) * 0.8) for x, y, z in hoop]
    tube(paint, curve(inner, 6), 0.008, 10)
    ring = [
        (0.165 * math.cos(at * math.pi / 16), 0.165 * math.sin(at * math.pi / 16), 0.22)
        for at in range(33)
    ]
    tube(paint, ring, 0.007, 8)


def _armchair(look: Appearance, chance: random.Random) -> None:
    cloth = materials.fabric(look.colours[0], weave=500.0)
    round_ = chance.uniform(0.045, 0.07)
    box(cloth, (0.62, 0.66, 0.2), (0, 0, 0.26), 0.05)
    box(cloth, (0.54, 0.58, 0.14), (0, -0.05, 0.4), round_)
    back = box(cloth, (0.62, 0.18, 0.6), (0, 0.32, 0.56), 0.075)
    back.rotation_euler[0] = -0.16
    for x in (-1, 1):
        box(cloth, (0.14, 0.68, 0.42), (x * 0.35, -0.01, 0.38), 0.06)
        for y in (-0.26, 0.28):
            tube(
                materials.wood(look.colours[1], "3a2212"),
                [(x * 0.32, y, 0.17), (x * 0.34, y * 1.05, 0.0)],
                [0.022, 0.014],
                12,
            )
    if chance.random() < 0.5:
        pillow = box(
            materials.fabric(chance.choice(("d9a441", "e6dfd0", "a8483c")), weave=500.0),
            (0.36, 0.11, 0.34),
            (0.02, 0.14, 0.6),
            0.05,
        )
        pillow.rotation_euler = (-0.3, 0.1, 0.05)
