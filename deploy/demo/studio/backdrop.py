"""The parts of a place: ground, walls, a room or bushes out of focus, a folded cloth, a lawn.

The camera looks along +Y; the thing stands on z = 0 and is about `size` metres large.
"""

from __future__ import annotations

import math
import random
from typing import Any

import bpy
import numpy as np

from deploy.demo.studio import materials
from deploy.demo.studio.paint import Paint, linear
from deploy.demo.studio.shapes import Finish, box, grid, solid
from deploy.demo.studio.surfaces import plaster


def near(size: float) -> float:
    """How far a wall stands behind the thing."""
    return 0.22 + 1.3 * size


def ground(material: materials.Material, width: float, depth: float) -> None:
    """A slab whose top is z = 0, reaching `depth` behind the thing."""
    box(material, (width, depth * 2, 0.03), (0, 0, -0.015), 0.002)


def wall(material: materials.Material, behind: float) -> None:
    """An upright plane; its texture lies in XY."""
    corners = np.array([(-8, -3, 0), (8, -3, 0), (8, 5, 0), (-8, 5, 0)], dtype=float)
    made = solid(material, corners, [(0, 1, 2, 3)], Finish(is_smooth=False))
    made.location, made.rotation_euler = (0, behind, 0), (math.pi / 2, 0, 0)


def skirted(material: materials.Material, size: float) -> None:
    """A wall with a skirting board."""
    behind = 0.5 + 0.9 * size
    wall(material, behind)
    box(materials.plain("e8e4da", 0.4), (16, 0.02, 0.09), (0, behind - 0.01, 0.045), 0.004)


def room(size: float, colour: str, chance: random.Random) -> None:
    """A room out of focus: a wall, and a few large things on it."""
    behind = 1.4 + 2.0 * size
    wall(plaster(colour), behind)
    for _ in range(5):
        at = (chance.uniform(-1.8, 1.8), behind - 0.05, chance.uniform(-0.3, 1.1))
        tone = chance.choice(("5c3b26", "d9cdb8", "2f3f4a", "8c4c34", "37502f", "c7923a"))
        frame = (chance.uniform(0.2, 0.6), 0.04, chance.uniform(0.2, 0.7))
        box(materials.matte(tone), frame, at, 0.01)


def outdoors(size: float, tones: tuple[str, str, str], behind: float) -> None:
    """Far bushes or houses: a blotched screen that the lens throws out of focus."""
    paint = Paint("far")
    dark, bright, deep = (linear(tone) for tone in tones)
    blots = paint.noise(1.1, 5, None, 0.65)
    leaves = paint.noise(7, 3)
    tone = paint.ramp(blots, (0.3, deep), (0.48, dark), (0.7, bright))
    tone = paint.mix(paint.math("MULTIPLY", leaves, 0.6), tone, deep)
    made = solid(
        paint.surface(tone, 0.95, Specular_IOR_Level=0.0),
        np.array([(-16, -2, 0), (16, -2, 0), (16, 6, 0), (-16, 6, 0)], dtype=float),
        [(0, 1, 2, 3)],
    )
    made.location, made.rotation_euler = (0, behind + size, 0), (math.pi / 2, 0, 0)
    made.visible_shadow = False


def folds(cloth: materials.Material, width: float, size: float, chance: random.Random) -> None:
    """A cloth with low waves that leave the thing's own place flat."""
    steps = 90
    along = np.linspace(-width, width, steps)
    x, y = np.meshgrid(along, along)
    waves: Any = np.zeros_like(x)
    for _ in range(5):
        turn, length = chance.uniform(0, math.pi), chance.uniform(0.12, 0.35)
        phase = (x * math.cos(turn) + y * math.sin(turn)) / length * 2 * math.pi
        waves = waves + np.sin(phase + chance.uniform(0, 6.28)) ** 3
    reach = np.clip((np.hypot(x, y) - size * 0.6) / (0.15 + size * 0.3), 0, 1) ** 2
    high = 0.004 * reach * waves
    solid(cloth, np.stack([x, y, high - 0.0005], axis=2).reshape(-1, 3), grid(steps, steps))


def lawn(reach: float, height: float, chance: random.Random) -> None:
    """Blades of grass, instances of a few tufts."""
    paint = Paint("blade")
    info = paint.node("ObjectInfo", {}).outputs["Random"]
    tone = paint.mix(info, linear("42602a"), linear("8c9a52"))
    material = paint.surface(tone, 0.6, Specular_IOR_Level=0.2)
    tufts = [_tuft(material, height, chance) for _ in range(5)]
    for _ in range(1500):
        far = reach * math.sqrt(chance.random())
        turn = chance.uniform(0, 2 * math.pi)
        copy = bpy.data.objects.new("tuft", chance.choice(tufts).data)
        copy.location = (far * math.cos(turn), far * math.sin(turn) + reach * 0.3, 0)
        copy.rotation_euler = (0, 0, chance.uniform(0, 6.28))
        copy.scale = (1, 1, chance.uniform(0.6, 1.2))
        bpy.context.scene.collection.objects.link(copy)


def _tuft(material: materials.Material, height: float, chance: random.Random) -> bpy.types.Object:
    vertices: list[tuple[float, float, float]] = []
    faces: list[tuple[int, ...]] = []
    for _ in range(36):
        x, y = chance.gauss(0, height), chance.gauss(0, height)
        turn, lean = chance.uniform(0, 6.28), chance.uniform(0.1, 0.8) * height
        tall, wide = height * chance.uniform(0.6, 1.2), height * 0.05
        dx, dy = math.cos(turn), math.sin(turn)
        at = len(vertices)
        for share in (0.0, 0.55, 1.0):
            cx, cy = x + dx * lean * share**2, y + dy * lean * share**2
            half = wide * (1 - share * 0.9)
            vertices += [(cx - dy * half, cy + dx * half, tall * share)]
            vertices += [(cx + dy * half, cy - dx * half, tall * share)]
        faces += [(at, at + 1, at + 3, at + 2), (at + 2, at + 3, at + 5, at + 4)]
    return solid(material, np.array(vertices), faces)
