"""Oranges: whole, halved, with a leaf, or several."""

from __future__ import annotations

import math
import random

import bpy
import numpy as np
from numpy.typing import NDArray

from deploy.demo.studio import materials
from deploy.demo.studio.look import Appearance
from deploy.demo.studio.paint import Paint, linear
from deploy.demo.studio.shapes import Finish, grid, solid, sphere

RADIUS = 0.038
SEGMENTS = 10


def model(look: Appearance, chance: random.Random) -> None:
    """One fruit, two halves, or three small fruits."""
    if look.form == "half":
        _halves(look, chance)
    elif look.form == "three":
        for number in range(3):
            turn = 2 * math.pi * number / 3
            fruit = _fruit(look, chance, 0.031)
            fruit.location = (0.036 * math.cos(turn), 0.036 * math.sin(turn), 0.029)
    else:
        _fruit(look, chance, RADIUS).location[2] = RADIUS * 0.93
    if look.form == "leaf":
        _leaf(chance)


def _fruit(look: Appearance, chance: random.Random, radius: float) -> bpy.types.Object:
    flat = chance.uniform(0.9, 0.98)

    def shape(unit: NDArray[np.float64]) -> NDArray[np.float64]:
        out = np.hypot(unit[:, 0], unit[:, 1])
        dimple = 0.07 * np.exp(-((out / 0.18) ** 2)) * np.sign(unit[:, 2])
        return np.stack([unit[:, 0], unit[:, 1], unit[:, 2] * flat - dimple], axis=1)

    fruit = sphere(materials.peel(*look.colours), radius, shape)
    fruit.rotation_euler = (chance.gauss(0, 0.3), chance.gauss(0, 0.3), chance.uniform(0, 6))
    button = sphere(
        materials.matte("6a7a30"), radius * 0.09, lambda unit: unit * np.array([1, 1, 0.5]), 10
    )
    button.parent = fruit
    button.location = (0, 0, radius * (flat - 0.06))
    return fruit


def _halves(look: Appearance, chance: random.Random) -> None:
    """One half shows its flesh upwards, the other leans on it."""
    for number, (at, tilt) in enumerate([((0, 0), 0.0), ((0.072, 0.02), chance.uniform(0.5, 0.8))]):
        shell = sphere(
            materials.peel(*look.colours),
            RADIUS,
            lambda unit: unit * np.array([1, 1, 1]) * np.where(unit[:, 2:] > 0, [1, 1, 0], 1),
        )
        disc = _flesh()
        for part in (shell, disc):
            part.location = (*at, RADIUS if number == 0 else RADIUS * 0.96)
            part.rotation_euler = (tilt, -tilt * 0.6, 0)


def _flesh() -> bpy.types.Object:
    """The cut face: rind, pith, and juicy segments with skins between."""
    paint = Paint("flesh")
    x, y = paint.axis("X"), paint.axis("Y")
    far = paint.math(
        "DIVIDE",
        paint.math(
            "SQRT", paint.math("ADD", paint.math("POWER", x, 2.0), paint.math("POWER", y, 2.0))
        ),
        RADIUS,
    )
    turn = paint.math(
        "FRACT", paint.math("MULTIPLY", paint.math("ARCTAN2", y, x), SEGMENTS / (2 * math.pi))
    )
    edge = paint.math("MULTIPLY", paint.math("ABSOLUTE", paint.math("SUBTRACT", turn, 0.5)), far)
    skins = paint.step(edge, 0.43, 0.47)
    cut = paint.math("SUBTRACT", paint.math("MULTIPLY", far, 0.5), 0.03)
    skins = paint.math(
        "MAXIMUM", paint.step(paint.math("SUBTRACT", edge, cut), -0.02, 0.005), skins
    )
    juicy = paint.noise(1.0, 3, paint.stretched(420, 420, 1), 0.6)
    pulp = paint.ramp(
        juicy, (0.3, linear("e0760a")), (0.55, linear("f39a1e")), (0.75, linear("ffc862"))
    )
    pith = paint.math("MAXIMUM", paint.step(far, 0.86, 0.89), paint.step(far, 0.1, 0.06))
    tone = paint.mix(paint.math("MAXIMUM", skins, pith), pulp, linear("f6dfa8"))
    tone = paint.mix(paint.step(far, 0.95, 0.965), tone, linear("ee7a08"))
    wet = paint.surface(
        tone, 0.22, Subsurface_Weight=0.15, Subsurface_Scale=0.004, Normal=paint.bump(juicy, 0.001)
    )
    turns = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    rings = [
        np.stack([np.cos(turns) * r, np.sin(turns) * r, np.full(48, 0.0006)], axis=1)
        for r in (1e-5, RADIUS * 0.97, RADIUS)
    ]
    rings[2][:, 2] = 0.0
    return solid(wet, np.concatenate(rings), grid(3, 48, is_round=True), Finish())


def _leaf(chance: random.Random) -> None:
    rows = []
    for share in np.linspace(0, 1, 8):
        half = 0.014 * math.sin(math.pi * min(1.0, 0.05 + 0.95 * share)) ** 0.8
        rise = RADIUS * 1.8 + 0.016 * math.sin(2.2 * share)
        rows.append([(0.055 * share, side * half, rise + abs(side) * 0.004) for side in (-1, 0, 1)])
    green = materials.skin(("2c5f1e", "4f8a2c"), chance=chance)
    solid(green, np.array(rows).reshape(-1, 3), grid(8, 3), Finish(subdivisions=2))
