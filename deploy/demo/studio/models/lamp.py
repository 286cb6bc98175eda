"""Lamps for a table, most of them lit."""

from __future__ import annotations

import math
import random

import bpy
import numpy as np

from deploy.demo.studio import materials
from deploy.demo.studio.look import Appearance
from deploy.demo.studio.paint import Paint, linear
from deploy.demo.studio.shapes import lathe, profile, sphere, tube

LIT_SHARE = 0.7
CERAMIC = [
    (0.0, 0.0),
    (0.06, 0.0),
    (0.062, 0.01),
    (0.05, 0.016),
    (0.075, 0.07),
    (0.08, 0.11),
    (0.06, 0.17),
    (0.025, 0.21),
    (0.02, 0.225),
    (0.0, 0.226),
]
TURNED = [
    (0.0, 0.0),
    (0.07, 0.0),
    (0.072, 0.012),
    (0.04, 0.024),
    (0.018, 0.04),
    (0.028, 0.075),
    (0.03, 0.1),
    (0.016, 0.13),
    (0.02, 0.15),
    (0.014, 0.2),
    (0.012, 0.225),
    (0.0, 0.226),
]


def model(look: Appearance, chance: random.Random) -> None:
    """One table lamp."""
    is_lit = chance.random() < LIT_SHARE
    {"ceramic": _shaded, "turned": _shaded, "arm": _arm, "globe": _globe}[look.form](
        look, chance, is_lit
    )


def _shaded(look: Appearance, chance: random.Random, is_lit: bool) -> None:
    outline = CERAMIC if look.form == "ceramic" else TURNED
    foot = (
        materials.glaze(look.colours[0])
        if look.form == "ceramic"
        else materials.wood(look.colours[0], "5a3316", 2.0)
    )
    lathe(foot, profile(outline, 5), 48)
    brass = materials.metal("b98d3a", 0.25)
    tube(brass, [(0, 0, 0.22), (0, 0, 0.3)], 0.006, 12)
    wide, top = chance.uniform(0.12, 0.145), chance.uniform(0.07, 0.11)
    cloth = materials.thin(look.colours[1])
    lathe(cloth, [(wide, 0.25), (top, 0.43)], 56)
    trim = materials.matte("cfc3aa")
    for radius, height in ((wide, 0.25), (top, 0.43)):
        ring = [
            (radius * math.cos(at * math.pi / 24), radius * math.sin(at * math.pi / 24), height)
            for at in range(49)
        ]
        tube(trim, ring, 0.002, 6)
    _bulb((0, 0, 0.33), is_lit, 5.0)


def _arm(look: Appearance, chance: random.Random, is_lit: bool) -> None:
    paint, steel = (
        materials.plain(look.colours[0], 0.3, Coat_Weight=0.3),
        materials.metal("b8b8bc", 0.25),
    )
    lathe(
        paint,
        profile(
            [(0.0, 0.0), (0.08, 0.0), (0.082, 0.01), (0.07, 0.02), (0.012, 0.026), (0.0, 0.027)], 4
        ),
        48,
    )
    bend = chance.uniform(0.06, 0.12)
    elbow, head = (-bend, 0, 0.23), (chance.uniform(0.06, 0.1), 0, chance.uniform(0.36, 0.4))
    for y in (-0.008, 0.008):
        tube(steel, [(0, y, 0.02), (elbow[0], y, elbow[2])], 0.004, 10)
        tube(steel, [(elbow[0], y, elbow[2]), (head[0], y, head[2])], 0.004, 10)
    for joint in (elbow, head):
        sphere(paint, 0.014, rings=16).location = joint
    shade = lathe(
        paint,
        profile([(0.014, 0.045), (0.022, 0.04), (0.03, 0.02), (0.065, -0.05), (0.067, -0.052)], 5),
        48,
    )
    inside = lathe(
        materials.plain("f4f0e4", 0.4),
        profile([(0.012, 0.04), (0.028, 0.018), (0.063, -0.05)], 5),
        48,
    )
    lean = chance.uniform(0.35, 0.7)
    spot = (head[0] + 0.05, 0, head[2] - 0.01)
    for part in (shade, inside):
        part.location, part.rotation_euler = spot, (0, -lean, 0)
    _bulb((spot[0] + 0.02 * math.sin(lean), 0, spot[2] - 0.02), is_lit, 3.0, 0.02)


def _globe(look: Appearance, chance: random.Random, is_lit: bool) -> None:
    brass = materials.metal(look.colours[1], 0.2)
    lathe(
        brass,
        profile(
            [
                (0.0, 0.0),
                (0.06, 0.0),
                (0.062, 0.008),
                (0.05, 0.013),
                (0.01, 0.018),
                (0.009, 0.09),
                (0.03, 0.105),
                (0.032, 0.112),
                (0.0, 0.113),
            ],
            4,
        ),
        48,
    )
    radius = chance.uniform(0.08, 0.1)
    globe = sphere(_opal(is_lit), radius)
    globe.location[2] = 0.108 + radius * 0.95
    if is_lit:
        _light((0, 0, 0.108 + radius), 1.2, radius * 1.02)


def _opal(is_lit: bool) -> materials.Material:
    paint = Paint("opal")
    glow = {"Emission_Color": (*linear("ffe2b0"), 1.0), "Emission_Strength": 1.6 if is_lit else 0.0}
    return paint.surface(
        linear("f4f0e6"), 0.2, Subsurface_Weight=0.3, Subsurface_Scale=0.02, Coat_Weight=0.4, **glow
    )


def _bulb(
    at: tuple[float, float, float], is_lit: bool, watts: float, radius: float = 0.028
) -> None:
    if is_lit:
        bulb = sphere(materials.glowing("ffe0a8", 14.0), radius, rings=18)
        _light((at[0], at[1], at[2]), watts, radius * 1.1)
    else:
        bulb = sphere(
            materials.plain("f3efe6", 0.2), radius, lambda unit: unit * np.array([1, 1, 1.2]), 18
        )
    bulb.location = at
    bulb.visible_shadow = False


def _light(at: tuple[float, float, float], watts: float, radius: float) -> None:
    lamp = bpy.data.lights.new("bulb", "POINT")
    lamp.energy, lamp.color, lamp.shadow_soft_size = watts, linear("ffd29a"), radius
    made = bpy.data.objects.new("bulb", lamp)
    made.location = at
    bpy.context.scene.collection.objects.link(made)
