"""Books: closed, standing, in a stack, or open."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Matrix

from deploy.demo.studio import materials
from deploy.demo.studio.look import Appearance
from deploy.demo.studio.paint import Paint, linear
from deploy.demo.studio.shapes import Finish, box, grid, solid

BOARD = 0.0025
SPINES = ("7a2420", "24466c", "d8cdb4", "2f5b42", "c08a2c", "38343a", "a5532c", "5c7f8a")


@dataclass(frozen=True)
class Size:
    """A closed book's width, height and thickness, in metres."""

    wide: float
    tall: float
    thick: float


def model(look: Appearance, chance: random.Random) -> None:
    """One book or a stack."""
    if look.form == "open":
        _open(look, chance)
    elif look.form == "stack":
        _stack(look, chance)
    else:
        size = Size(
            chance.uniform(0.13, 0.15), chance.uniform(0.19, 0.22), chance.uniform(0.022, 0.04)
        )
        parts = _closed(size, look.colours, chance)
        if look.form == "standing":
            _apply(parts, Matrix.Rotation(math.pi / 2, 4, "X"))


def _stack(look: Appearance, chance: random.Random) -> None:
    level = 0.0
    for number in range(chance.choice((3, 4, 5))):
        size = Size(
            chance.uniform(0.12, 0.155), chance.uniform(0.18, 0.22), chance.uniform(0.018, 0.038)
        )
        cover = look.colours[number] if number < 2 else chance.choice(SPINES)
        parts = _closed(size, (cover, chance.choice(("e8d9a8", "d8b45a"))), chance)
        turn = Matrix.Rotation(chance.gauss(0, 0.16) + math.pi * chance.choice((0, 1)), 4, "Z")
        shift = (chance.gauss(0, 0.006), chance.gauss(0, 0.006), level)
        _apply(parts, Matrix.Translation(shift) @ turn)
        level += size.thick


def _apply(parts: list[bpy.types.Object], motion: Matrix) -> None:
    bpy.context.view_layer.update()
    for part in parts:
        part.matrix_world = motion @ part.matrix_world


def _closed(size: Size, colours: tuple[str, str], chance: random.Random) -> list[bpy.types.Object]:
    """A book lying flat, its spine along -X: boards, a block of pages, bands and a title."""
    cover, gilt = materials.fabric(colours[0], weave=2600.0), materials.metal(colours[1], 0.35)
    half = size.thick / 2
    parts = [
        box(cover, (size.wide, size.tall, BOARD), (0, 0, level), 0.0008)
        for level in (BOARD / 2, size.thick - BOARD / 2)
    ]
    parts.append(box(cover, (0.004, size.tall, size.thick), (-size.wide / 2, 0, half), 0.0018))
    inner = (size.wide - 0.006, size.tall - 0.008, size.thick - 2 * BOARD)
    parts.append(box(_pages(), inner, (-0.001, 0, half)))
    top = size.thick + 0.0001
    for y in (-size.tall * 0.36, size.tall * 0.36):
        parts.append(
            box(gilt, (0.0042, 0.004, size.thick * 0.9), (-size.wide / 2 - 0.0002, y, half))
        )
        parts.append(box(gilt, (size.wide * 0.8, 0.0015, 0.0003), (0, y, top)))
    for line in range(chance.choice((1, 2))):
        length = size.wide * chance.uniform(0.3, 0.6)
        parts.append(
            box(
                gilt,
                (length, 0.008 - 0.003 * line, 0.0003),
                (0, size.tall * 0.16 - 0.018 * line, top),
            )
        )
    return parts


def _pages() -> materials.Material:
    paint = Paint("pages")
    leaves = paint.noise(1.0, 2, paint.stretched(3, 3, 2600))
    return paint.surface(paint.mix(leaves, linear("cfc2a2"), linear("f6efdc")), 0.8)


def _print() -> materials.Material:
    """A page with lines of text: grey strokes broken into words."""
    paint = Paint("print")
    x, y = paint.axis("X"), paint.axis("Y")
    row = paint.math("MULTIPLY", y, 150.0)
    line = paint.step(
        paint.math("ABSOLUTE", paint.math("SUBTRACT", paint.math("FRACT", row), 0.5)), 0.26, 0.2
    )
    cut = paint.node(
        "CombineXYZ",
        {
            0: paint.math("MULTIPLY", x, 420.0),
            1: paint.math("MULTIPLY", paint.math("FLOOR", row), 7.3),
        },
    ).outputs[0]
    words = paint.step(paint.noise(1.0, 1, cut), 0.4, 0.46)
    column = paint.step(
        paint.math("ABSOLUTE", paint.math("SUBTRACT", paint.math("ABSOLUTE", x), 0.068)),
        0.05,
        0.0485,
    )
    margin = paint.step(paint.math("ABSOLUTE", y), 0.086, 0.085)
    ink = paint.math(
        "MULTIPLY", paint.math("MULTIPLY", line, words), paint.math("MULTIPLY", column, margin)
    )
    return paint.surface(
        paint.mix(paint.math("MULTIPLY", ink, 0.8), linear("f3ecd9"), linear("26221e")), 0.75
    )


def _open(look: Appearance, chance: random.Random) -> None:
    wide, tall, thick = 0.134, 0.2, chance.uniform(0.012, 0.02)
    across = np.linspace(-1, 1, 41)
    share = np.abs(across)
    rise = thick * (1 - np.exp(-share * 9)) * (1.05 - 0.55 * share**1.6) + 0.003
    y = np.array([-tall / 2, tall / 2])
    top = np.array(
        [(x * wide, along, high) for along in y for x, high in zip(across, rise, strict=True)]
    )
    solid(_print(), top, grid(2, 41)[::1], Finish())
    for along in y:
        edge = [(x * wide, along, high) for x, high in zip(across, rise, strict=True)]
        low = [(x * wide, along, 0.003) for x in across]
        solid(_pages(), np.array([*edge, *low]), grid(2, 41), Finish(is_smooth=False))
    for side in (-1, 1):
        box(
            _pages(),
            (0.001, tall, rise[0] - 0.003),
            (side * wide, 0, 0.003 + (rise[0] - 0.003) / 2),
        )
    box(
        materials.fabric(look.colours[1]),
        (wide * 2 + 0.012, tall + 0.01, 0.003),
        (0, 0, 0.0015),
        0.001,
    )
