"""Bananas, one, two or a hand of them."""

from __future__ import annotations

import math
import random

import bpy
import numpy as np

from deploy.demo.studio import materials
from deploy.demo.studio.look import Appearance
from deploy.demo.studio.paint import Paint, linear
from deploy.demo.studio.shapes import tube

LENGTH = 0.19
COUNTS = {"one": 1, "two": 2, "bunch": 4}


def model(look: Appearance, chance: random.Random) -> None:
    """Bananas lying on their sides, their stems together where there are several."""
    count = COUNTS[look.form]
    bend = chance.uniform(1.0, 1.35)
    for number in range(count):
        fan = (number - (count - 1) / 2) * (0.24 if count > 2 else 0.5)
        fruit = _banana(_peel(look, chance), bend * chance.uniform(0.93, 1.07))
        fruit.rotation_euler = (0.0, -0.05 if count > 2 else 0.0, fan)
        fruit.location = (0.0, 0.006 * number, 0.018 + 0.004 * number * (count > 2))


def _peel(look: Appearance, chance: random.Random) -> materials.Material:
    paint = Paint("banana")
    base, brown = linear(look.colours[0]), linear(look.colours[1])
    moved = paint.node(
        "Mapping", {"Vector": paint.place, "Location": (chance.random(),) * 3}
    ).outputs[0]
    spots = (
        paint.step(paint.noise(150, 2, moved), 0.66, 0.72)
        if "spot" in look.material
        else paint.step(paint.noise(60, 4, moved), 0.72, 0.8)
    )
    tone = paint.mix(paint.noise(12, 2, moved), base, materials.shade(base, 0.82))
    tone = paint.mix(paint.math("MULTIPLY", spots, 0.85), tone, brown)
    tone = paint.mix(paint.tint(), tone, linear("3d2c10"))
    return paint.surface(tone, 0.4, Subsurface_Weight=0.08, Subsurface_Scale=0.004)


def _banana(peel: materials.Material, bend: float) -> bpy.types.Object:
    share = np.linspace(0, 1, 40)
    angle = (share - 0.5) * bend
    radius = LENGTH / bend
    stalk = (radius * math.sin(angle[0]), radius * (1 - math.cos(angle[0])))
    path = [
        (radius * math.sin(at) - stalk[0], radius * (1 - math.cos(at)) - stalk[1], 0.0)
        for at in angle
    ]
    body = 0.0175 * np.clip(np.sin(np.pi * np.clip((share - 0.1) / 0.88, 0, 1)), 0, 1) ** 0.42
    stem = 0.0052 + 0.0015 * (share < 0.03)
    widths = np.maximum(body, np.where(share < 0.5, stem, 0.0035))
    made = tube(peel, path, widths.tolist(), 5)
    smooth = made.modifiers.new("smooth", "SUBSURF")
    smooth.levels = smooth.render_levels = 2
    dark = np.clip((0.05 - share) / 0.05, 0, 1) + np.clip((share - 0.955) / 0.03, 0, 1)
    layer = made.data.color_attributes.new("tint", "FLOAT_COLOR", "POINT")
    tones = np.repeat(np.clip(dark, 0, 1), 5)
    layer.data.foreach_set("color", np.stack([tones] * 3 + [np.ones_like(tones)], axis=1).ravel())
    made.data.set_sharp_from_angle(angle=3.2)
    return made
