"""What lies beside the thing, partly in view. Each prop stands on z = 0 around the origin."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np

from deploy.demo.studio import materials
from deploy.demo.studio.shapes import Finish, box, curve, grid, lathe, profile, solid, sphere, tube


def plate(chance: random.Random) -> None:
    """A dinner plate."""
    outline = [(0.0, 0.004), (0.06, 0.004), (0.075, 0.009), (0.105, 0.017), (0.106, 0.019)]
    outline += [(0.075, 0.012), (0.06, 0.007), (0.0, 0.007)]
    lathe(materials.glaze(chance.choice(("f1eee6", "9db6c4", "d9c39a"))), profile(outline, 4))


def napkin(chance: random.Random) -> None:
    """A folded napkin."""
    cloth = materials.fabric(chance.choice(("d8cbb2", "5f7f96", "a8503c", "e9e4d8")))
    for level in range(3):
        made = box(
            cloth, (0.15 - 0.004 * level, 0.12, 0.003), (0, 0, 0.0015 + 0.003 * level), 0.0012
        )
        made.rotation_euler[2] = chance.uniform(-0.04, 0.04)


def tumbler(chance: random.Random) -> None:
    """A drinking glass, sometimes with juice."""
    outline = [(0.0, 0.0), (0.028, 0.0), (0.031, 0.004), (0.037, 0.11), (0.0355, 0.111)]
    outline += [(0.0295, 0.009), (0.0, 0.008)]
    lathe(materials.glass("f2f7f5"), outline)
    if chance.random() < 0.6:
        drink = materials.plain(chance.choice(("e88a1c", "d9d2b8", "8c1a24")), 0.1)
        lathe(drink, [(0.0, 0.0095), (0.0285, 0.0095), (0.0335, 0.08), (0.0, 0.08)])


def jar(chance: random.Random) -> None:
    """A small lidded jar of stoneware."""
    body = materials.glaze(chance.choice(("c9b38c", "4f6f78", "e8e2d4")), "4a3524")
    lathe(
        body, profile([(0.0, 0.0), (0.036, 0.0), (0.045, 0.02), (0.044, 0.07), (0.034, 0.088)], 5)
    )
    lid = [
        (0.036, 0.089),
        (0.036, 0.098),
        (0.01, 0.102),
        (0.008, 0.108),
        (0.012, 0.116),
        (0.0, 0.12),
    ]
    lathe(materials.wood("a87544", "5f3b1c"), lid)


def spoon(chance: random.Random) -> None:  # noqa: ARG001 - one shape for all props
    """A steel spoon."""
    steel = materials.metal("c9c9cc", 0.18)
    bowl = sphere(steel, 0.017, lambda unit: unit * np.array([1.5, 1.0, 0.22]), 16)
    bowl.location = (0.07, 0, 0.006)
    tube(
        steel,
        curve([(0.048, 0, 0.005), (0.0, 0, 0.01), (-0.09, 0, 0.004)]),
        [0.003] * 12 + [0.005] * 13,
        8,
        1.6,
    )


def phone(chance: random.Random) -> None:
    """A phone, face up and dark."""
    box(
        materials.plastic(chance.choice(("202226", "c9ccd2"))),
        (0.072, 0.148, 0.008),
        (0, 0, 0.004),
        0.003,
    )
    box(materials.plain("08090b", 0.05), (0.067, 0.143, 0.0006), (0, 0, 0.0081))


def pen(chance: random.Random) -> None:
    """A ballpoint pen."""
    body = materials.plastic(chance.choice(("1c3f8c", "16161a", "b3241c")))
    tube(body, [(-0.06, 0, 0.005), (0.05, 0, 0.005)], 0.0047, 12)
    tip = materials.metal("c9c9cc")
    tube(tip, [(0.05, 0, 0.005), (0.058, 0, 0.005), (0.066, 0, 0.005)], [0.0045, 0.003, 0.0008], 12)


def notes(chance: random.Random) -> None:
    """A few sheets of paper, not quite in line."""
    for level in range(4):
        sheet = box(
            materials.plain("f0ede4", 0.7), (0.148, 0.21, 0.0006), (0, 0, 0.0004 + 0.0008 * level)
        )
        sheet.rotation_euler[2] = chance.uniform(-0.15, 0.15)


def coins(chance: random.Random) -> None:
    """Loose change."""
    for _ in range(5):
        made = lathe(
            materials.metal(chance.choice(("c9a24a", "b8b8ba", "a8603a")), 0.3),
            [(0.0, 0.0), (0.011, 0.0), (0.0113, 0.001), (0.011, 0.002), (0.0, 0.0018)],
        )
        made.location = (
            chance.uniform(-0.03, 0.03),
            chance.uniform(-0.03, 0.03),
            chance.uniform(0, 0.001),
        )


def plant(chance: random.Random) -> None:
    """A house plant in a clay pot."""
    pot = [
        (0.0, 0.0),
        (0.036, 0.0),
        (0.05, 0.075),
        (0.055, 0.075),
        (0.056, 0.092),
        (0.05, 0.092),
        (0.0, 0.08),
    ]
    lathe(materials.matte(chance.choice(("b0603a", "d9d4c8", "4c5a5e"))), pot)
    green = materials.skin(("2f6b2a", "6a9a3c"), chance=chance)
    for leaf in range(16):
        turn, lift = leaf * 2.4, chance.uniform(0.4, 1.3)
        _leaf(green, (0, 0, 0.085), (turn, lift), chance.uniform(0.09, 0.16))


def leaves(chance: random.Random) -> None:
    """Fallen leaves."""
    for _ in range(7):
        tone = materials.skin(
            chance.choice([("b5651c", "7a2f10"), ("c9a227", "8a6a1a")]), chance=chance
        )
        at = (chance.uniform(-0.12, 0.12), chance.uniform(-0.1, 0.1), 0.004)
        _leaf(tone, at, (chance.uniform(0, 6.28), 0.12), chance.uniform(0.04, 0.07))


def pebbles(chance: random.Random) -> None:
    """A handful of round stones."""
    for _ in range(6):
        stone = sphere(
            materials.plain(chance.choice(("8c8880", "5f5c58", "b3a894", "9a8478")), 0.7),
            chance.uniform(0.008, 0.02),
            lambda unit: unit * np.array([1.3, 1.0, 0.6]),
            14,
        )
        stone.location = (chance.uniform(-0.07, 0.07), chance.uniform(-0.06, 0.06), 0.007)
        stone.rotation_euler[2] = chance.uniform(0, 6.28)


def cardboard(chance: random.Random) -> None:
    """A cardboard box with its tape."""
    side = chance.uniform(0.22, 0.32)
    box(materials.plain("a97f52", 0.8), (side, side * 0.8, side * 0.7), (0, 0, side * 0.35), 0.004)
    box(materials.plain("c9a878", 0.3), (side + 0.001, 0.05, 0.001), (0, 0, side * 0.7))


def cushion(chance: random.Random) -> None:
    """A cushion on the floor."""
    cloth = materials.fabric(chance.choice(("c48a2c", "3f6478", "a8483c")), weave=700.0)
    made = sphere(
        cloth,
        0.2,
        lambda unit: (
            np.sign(unit) * np.abs(unit) ** np.array([0.55, 0.55, 1.0]) * np.array([1, 1, 0.42])
        ),
        24,
    )
    made.location[2] = 0.085


PROPS: dict[str, Callable[[random.Random], None]] = {
    "plate": plate,
    "napkin": napkin,
    "tumbler": tumbler,
    "jar": jar,
    "spoon": spoon,
    "phone": phone,
    "pen": pen,
    "notes": notes,
    "coins": coins,
    "plant": plant,
    "leaves": leaves,
    "pebbles": pebbles,
    "box": cardboard,
    "cushion": cushion,
}


def _leaf(
    material: materials.Material,
    at: tuple[float, float, float],
    heading: tuple[float, float],
    length: float,
) -> None:
    """One pointed leaf that leaves `at` under (turn, lift) radians and droops."""
    turn, lift = heading
    rows = []
    for share in np.linspace(0, 1, 7):
        out = length * share * math.cos(lift)
        up = length * (share * math.sin(lift) - 0.5 * share**2)
        half = length * 0.2 * math.sin(math.pi * min(1.0, share * 0.96 + 0.04)) ** 0.8
        rows.append(
            [
                (out, side * half, max(up + abs(side) * half * 0.3, 0.001 - at[2]))
                for side in (-1, 0, 1)
            ]
        )
    flat = np.array(rows).reshape(-1, 3)
    spin = np.array(
        [[math.cos(turn), math.sin(turn), 0], [-math.sin(turn), math.cos(turn), 0], [0, 0, 1]]
    )
    solid(material, flat @ spin + np.array(at), grid(7, 3), Finish(subdivisions=1))
