"""Teapots: round, squat with an iron bail, or tall."""

from __future__ import annotations

import random

import numpy as np

from deploy.demo.studio import materials
from deploy.demo.studio.look import Appearance
from deploy.demo.studio.paint import Paint, linear
from deploy.demo.studio.shapes import curve, lathe, profile, sphere, tube

OUTLINES = {
    "round": [
        (0.04, 0.0),
        (0.045, 0.004),
        (0.07, 0.03),
        (0.078, 0.06),
        (0.066, 0.095),
        (0.04, 0.112),
    ],
    "squat": [
        (0.05, 0.0),
        (0.06, 0.006),
        (0.082, 0.028),
        (0.082, 0.048),
        (0.06, 0.068),
        (0.036, 0.075),
    ],
    "tall": [
        (0.05, 0.0),
        (0.056, 0.004),
        (0.058, 0.05),
        (0.052, 0.1),
        (0.044, 0.14),
        (0.037, 0.15),
    ],
}


def model(look: Appearance, chance: random.Random) -> None:
    """One teapot, its spout along +X."""
    body = _body(look)
    outline = OUTLINES[look.form]
    mouth, top = outline[-1]
    wide = max(radius for radius, _ in outline)
    lathe(body, profile([(0.0, 0.0), *outline, (mouth - 0.004, top - 0.001)], 6), 56)
    lid = [
        (mouth - 0.001, top - 0.002),
        (mouth, top + 0.003),
        (mouth * 0.7, top + 0.014),
        (mouth * 0.2, top + 0.019),
        (0.0, top + 0.02),
    ]
    lathe(body, profile(lid, 5), 48)
    knob = sphere(body, 0.0095, lambda unit: unit * np.array([1, 1, 0.9]), 18)
    knob.location[2] = top + 0.027
    spout = [
        (wide * 0.8, 0, top * 0.3),
        (wide + 0.026, 0, top * 0.42),
        (wide + 0.042, 0, top * 0.78),
        (wide + 0.06, 0, top * 1.02),
    ]
    widths = np.interp(np.linspace(0, 1, 25), [0, 0.5, 1], [0.022, 0.012, 0.0075])
    tube(body, curve(spout, 8), widths.tolist(), 16)
    _handle(look, (wide, top), body, chance)


def _body(look: Appearance) -> materials.Material:
    if look.material != "cast iron":
        return materials.glaze(look.colours[0])
    paint = Paint("iron")
    studs = paint.step(paint.cells(110), 0.55, 0.1)
    base = linear(look.colours[0])
    tone = paint.mix(paint.noise(60), base, materials.shade(base, 1.8))
    return paint.surface(tone, 0.45, Metallic=0.3, Normal=paint.bump(studs, 0.0025))


def _handle(
    look: Appearance, size: tuple[float, float], body: materials.Material, chance: random.Random
) -> None:
    wide, top = size
    if look.form == "squat":
        bail = [
            (-wide * 0.62, 0, top * 0.9),
            (-wide * 0.66, 0, top + 0.05),
            (0, 0, top + chance.uniform(0.085, 0.1)),
            (wide * 0.66, 0, top + 0.05),
            (wide * 0.62, 0, top * 0.9),
        ]
        tube(materials.metal("3a3a3c", 0.4), curve(bail, 8), 0.004, 10)
        return
    loop = [
        (-wide * 0.75, 0, top * 0.84),
        (-wide - 0.022, 0, top * 0.9),
        (-wide - 0.04, 0, top * 0.6),
        (-wide - 0.022, 0, top * 0.3),
        (-wide * 0.85, 0, top * 0.22),
    ]
    tube(body, curve(loop, 8), 0.0062, 12, 1.3)
