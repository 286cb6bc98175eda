"""Doughnuts under icing, sugar or sprinkles."""

from __future__ import annotations

import math
import random

import bpy
import numpy as np
from mathutils import Vector

from deploy.demo.studio import materials
from deploy.demo.studio.look import Appearance
from deploy.demo.studio.paint import Paint, linear
from deploy.demo.studio.shapes import Finish, grid, solid, tube

RING, THICK = 0.031, 0.0185
"""Radius of the ring's middle and of its body, in metres."""

SPRINKLES = ("e8384a", "f0c81c", "3c9ad8", "f4f2ec", "5ab84c", "e87ab0", "7a4cb8")


def model(look: Appearance, chance: random.Random) -> None:
    """One doughnut, or two with one leaning on the other."""
    if look.form == "two":
        _doughnut(look.colours[0], "sprinkles", chance)
        before = set(bpy.data.objects)
        _doughnut("3d1c0c", "iced", chance)
        for part in set(bpy.data.objects) - before:
            part.location += Vector((0.078, 0.02, 0.0))
    else:
        _doughnut(look.colours[0], look.form, chance)


def _doughnut(icing: str, form: str, chance: random.Random) -> None:
    wobble = [(chance.uniform(0, 6.28), chance.uniform(0.004, 0.02)) for _ in range(4)]
    _ring(_dough(form), wobble, (0.0, 2 * math.pi), 0.0)
    if form == "sugared":
        return
    glossy = materials.plain(
        icing,
        0.22,
        Coat_Weight=0.5,
        Coat_Roughness=0.08,
        Subsurface_Weight=0.1,
        Subsurface_Scale=0.003,
    )
    _ring(glossy, wobble, (0.1, math.pi - 0.1), 0.0016, chance)
    if form == "sprinkles":
        _sprinkles(chance)


def _ring(
    material: materials.Material,
    wobble: list[tuple[float, float]],
    around: tuple[float, float],
    lift: float,
    chance: random.Random | None = None,
) -> None:
    """A torus, or the part of it between two angles of its section, with a dripping rim."""
    columns, rows = 96, 24
    is_whole = around[1] - around[0] > 6
    drips = [chance.uniform(0.5, 1.0) for _ in range(9)] if chance else []
    vertices = []
    for row in range(rows):
        share = row / (rows if is_whole else rows - 1)
        for column in range(columns):
            turn = 2 * math.pi * column / columns
            wave = sum(
                size * math.sin((at + 2) * turn + phase) for at, (phase, size) in enumerate(wobble)
            )
            drip = (
                0.3
                * sum(d * math.sin((at + 3) * turn + d * 20) for at, d in enumerate(drips))
                / 2.2
                if drips
                else 0.0
            )
            low, high = around[0] - 0.3 - drip, around[1] + 0.1 + drip * 0.6
            section = low + (high - low) * share if not is_whole else 2 * math.pi * share
            edge = min(1.0, share * 9, (1 - share) * 9) if not is_whole else 1.0
            body = THICK * (1 + wave) + lift * edge - (0.0006 * (1 - edge) if lift else 0.0)
            radius = RING * (1 + wave * 0.5) + body * math.cos(section)
            vertices.append(
                (
                    radius * math.cos(turn),
                    radius * math.sin(turn),
                    THICK * 0.82 + 0.82 * body * math.sin(section),
                )
            )
    faces = grid(rows, columns, is_round=True)
    if is_whole:
        last = (rows - 1) * columns
        faces += [
            (last + at, last + (at + 1) % columns, (at + 1) % columns, at) for at in range(columns)
        ]
    flipped = [face[::-1] for face in faces]
    solid(material, np.array(vertices), flipped, Finish(subdivisions=1))


def _dough(form: str) -> materials.Material:
    """Fried dough: golden brown, pale around the waist; with sugar where it is sugared."""
    paint = Paint("dough")
    waist = paint.step(
        paint.math("ABSOLUTE", paint.math("SUBTRACT", paint.axis("Z"), THICK * 0.82)), 0.0015, 0.007
    )
    brown = paint.mix(paint.noise(60, 4), linear("8f4f1c"), linear("c07c36"))
    tone = paint.mix(waist, linear("e6c084"), brown)
    high = paint.noise(220, 3)
    if form == "sugared":
        grains = paint.step(paint.noise(900, 2), 0.42, 0.55)
        tone = paint.mix(paint.math("MULTIPLY", grains, 0.75), tone, linear("f6efe0"))
        high = paint.math("ADD", high, grains)
    return paint.surface(
        tone, 0.6, Subsurface_Weight=0.1, Subsurface_Scale=0.004, Normal=paint.bump(high, 0.0006)
    )


def _sprinkles(chance: random.Random) -> None:
    sugars = [materials.plastic(tone, 0.35) for tone in SPRINKLES]
    for _ in range(110):
        turn, section = chance.uniform(0, 6.28), chance.gauss(math.pi / 2, 0.5)
        radius = RING + (THICK + 0.002) * math.cos(section)
        at = Vector(
            (
                radius * math.cos(turn),
                radius * math.sin(turn),
                THICK * 0.82 + 0.82 * (THICK + 0.0022) * math.sin(section),
            )
        )
        up = Vector(
            (
                math.cos(section) * math.cos(turn),
                math.cos(section) * math.sin(turn),
                math.sin(section),
            )
        )
        along = up.orthogonal()
        along.rotate(up.rotation_difference(up))
        other = up.cross(along)
        spin = chance.uniform(0, 6.28)
        half = (along * math.cos(spin) + other * math.sin(spin)).normalized() * 0.0024
        tube(chance.choice(sugars), [tuple(at - half), tuple(at), tuple(at + half)], 0.0007, 6)
