"""Umbrellas: open and set down on their rim, or folded."""

from __future__ import annotations

import math
import random

import bpy
import numpy as np
from mathutils import Matrix

from deploy.demo.studio import materials
from deploy.demo.studio.look import Appearance
from deploy.demo.studio.paint import linear
from deploy.demo.studio.shapes import Finish, curve, grid, lathe, solid, tint, tube

RADIUS, RISE, LENGTH = 0.5, 0.24, 0.82
RIBS = 8
STEPS = 8
"""Columns of the canopy between two ribs."""

RAINBOW = ("d8262c", "e8762a", "f0c81c", "3c9a48", "2cA0b8", "2c5aa8", "6a3c9a", "c83c8a")


def model(look: Appearance, chance: random.Random) -> None:
    """One umbrella, resting on the ground."""
    before = set(bpy.data.objects)
    if look.form == "closed":
        _folded(look, chance)
        lie = Matrix.Rotation(math.pi / 2 + 0.03, 4, "Y") @ Matrix.Rotation(1.5, 4, "Z")
    else:
        _canopy(look)
        lie = Matrix.Rotation(chance.uniform(1.75, 2.05), 4, "X")
    _stick(chance, look)
    bpy.context.view_layer.update()
    for part in set(bpy.data.objects) - before:
        part.matrix_world = lie @ part.matrix_world


def _canopy(look: Appearance) -> None:
    """Cloth over eight ribs; it hangs between them, its rim is cut in arcs."""
    rows, columns = 14, RIBS * STEPS
    vertices, tones = [], []
    colours = _sectors(look)
    for share in np.linspace(0.015, 1, rows):
        for column in range(columns):
            between = (column % STEPS) / STEPS
            sag = math.sin(math.pi * between)
            radius = RADIUS * share * (1 - 0.075 * sag * share)
            high = LENGTH - RISE * share**2.1 - 0.018 * sag * share * (1 - share)
            turn = 2 * math.pi * column / columns
            vertices.append((radius * math.cos(turn), radius * math.sin(turn), high))
            tones.append(linear(colours[column // STEPS]))
    cloth = solid(
        materials.thin("tint"), np.array(vertices), grid(rows, columns, is_round=True), Finish()
    )
    tint(cloth, np.array(tones))
    steel = materials.metal("b8b8bc", 0.3)
    for rib in range(RIBS):
        turn = 2 * math.pi * rib / RIBS
        bar = [
            (
                RADIUS * s * math.cos(turn),
                RADIUS * s * math.sin(turn),
                LENGTH - RISE * s**2.1 - 0.004,
            )
            for s in np.linspace(0.02, 1.01, 8)
        ]
        tube(steel, bar, 0.0022, 6)
        x, y, z = bar[4]
        tube(steel, [(0, 0, LENGTH - 0.28), (x, y, z)], 0.002, 6)


def _sectors(look: Appearance) -> list[str]:
    if look.form == "rainbow":
        return list(RAINBOW)
    if look.form == "striped":
        return [look.colours[rib % 2] for rib in range(RIBS)]
    return [look.colours[0]] * RIBS


def _folded(look: Appearance, chance: random.Random) -> None:
    """Cloth wound around the stick, in soft pleats, with a strap."""
    rows, columns = 24, 48
    twist = chance.uniform(0.8, 1.6)
    vertices = []
    for share in np.linspace(0, 1, rows):
        radius = 0.012 + 0.03 * math.sin(math.pi * min(1.0, 0.12 + share * 0.8)) ** 0.8 * (
            1 - 0.3 * share
        )
        for column in range(columns):
            turn = 2 * math.pi * column / columns
            pleat = 1 + 0.17 * math.sin(RIBS * turn + twist * share * 6)
            vertices.append(
                (
                    radius * pleat * math.cos(turn),
                    radius * pleat * math.sin(turn),
                    0.2 + 0.58 * share,
                )
            )
    cloth = materials.plain(look.colours[0], 0.6, Sheen_Weight=0.3)
    solid(cloth, np.array(vertices), grid(rows, columns, is_round=True))
    lathe(materials.matte("2a2a2c"), [(0.041, 0.4), (0.043, 0.41), (0.041, 0.42)], 32)


def _stick(chance: random.Random, look: Appearance) -> None:
    steel = materials.metal("9a9aa0", 0.3)
    tube(steel, [(0, 0, 0.05), (0, 0, LENGTH + 0.05)], 0.006, 10)
    dark = chance.random() < 0.5
    grip = materials.plastic("1c1a1a") if dark else materials.wood("9a6434", "5a3316", 3.0)
    crook = [
        (0, 0, 0.14),
        (0, 0, 0.03),
        (0.012, 0, -0.02),
        (0.042, 0, -0.042),
        (0.074, 0, -0.022),
        (0.08, 0, 0.015),
    ]
    tube(grip, curve(crook, 8), 0.011, 14)
    if look.form == "closed":
        lathe(steel, [(0.012, 0.78), (0.006, LENGTH + 0.05), (0.0, LENGTH + 0.052)], 20)
