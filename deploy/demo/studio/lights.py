"""The light of a photo, set up around the thing; the camera looks along +Y."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import bpy

from deploy.demo.studio.paint import linear

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Stage:
    """What a light must know: the thing's size in metres, the camera's place, the scene's luck."""

    size: float
    camera: Vector
    chance: random.Random


def window_left(stage: Stage) -> None:
    """Daylight through a tall window on the left."""
    sky("b9c9dc", 0.32)
    panel(stage, (-2.4, -0.5, 1.7), (1.7, 2.2), 62, "eef3ff")


def window_right(stage: Stage) -> None:
    """Daylight through a tall window on the right."""
    sky("c6cfda", 0.32)
    panel(stage, (2.4, -0.3, 1.6), (1.7, 2.2), 62, "fbf6ec")


def evening_lamp(stage: Stage) -> None:
    """One warm lamp, high at the side, and a dark room."""
    sky("6a6058", 0.3)
    side = stage.chance.choice((-1, 1))
    panel(stage, (side * 1.5, 0.7, 2.1), (0.8, 0.8), 46, "ffc58c")


def flash(stage: Stage) -> None:
    """A phone's own flash: hard, from the camera, the room dim."""
    sky("8a8078", 0.22)
    far = math.dist(stage.camera, (0, 0, 0)) / stage.size
    x, y, z = (axis / stage.size for axis in stage.camera)
    panel(stage, (x + 0.1 * far, y, z + 0.12 * far), (0.1 * far, 0.1 * far), 15 * far**2, "fff6ea")


def sun_through_window(stage: Stage) -> None:
    """A low sun through a window: warm patches and long shadows."""
    sky("b4c2d6", 0.3)
    sun(stage.chance.choice((-1, 1)) * 62, 32, 3.6, "ffdfae", 0.015)


def soft_day(stage: Stage) -> None:
    """A bright room on a grey day: light from a broad window above."""
    sky("dfe3e8", 0.55)
    panel(stage, (0.3, -0.4, 3.0), (3.2, 3.2), 62, "ffffff")


def neon(stage: Stage) -> None:
    """Two coloured tubes, one a side."""
    sky("20203a", 0.18)
    pink, blue = stage.chance.sample((-1, 1), 2)
    panel(stage, (pink * 2.0, 0.2, 1.3), (0.5, 2.4), 42, "ff3f9a")
    panel(stage, (blue * 2.0, -0.5, 1.5), (0.5, 2.4), 42, "38b6ff")
    panel(stage, (0.0, -1.5, 3.0), (1.0, 1.0), 10, "ffffff")


def overcast(stage: Stage) -> None:
    """A white sky."""
    heaven("cfd6de", "dfe4ea", 0.7)
    sun(stage.chance.uniform(-50, 50), 60, 1.6, "f4f6fa", 0.7)


def full_sun(stage: Stage) -> None:
    """A high sun in a blue sky."""
    heaven("5f93d0", "cfe0f0", 0.55)
    sun(
        stage.chance.uniform(-60, 60) + 180 * (stage.chance.random() < 0.3), 55, 4.2, "fff3e0", 0.01
    )


def low_sun(stage: Stage) -> None:
    """The last hour of the day: warm, from the side, long shadows."""
    heaven("6f8fc0", "f3cfa8", 0.45)
    sun(stage.chance.choice((-1, 1)) * stage.chance.uniform(60, 110), 20, 4.0, "ffb46a", 0.02)


LIGHTS: dict[str, Callable[[Stage], None]] = {
    "window left": window_left,
    "window right": window_right,
    "evening lamp": evening_lamp,
    "flash": flash,
    "sun through window": sun_through_window,
    "soft day": soft_day,
    "neon": neon,
    "overcast": overcast,
    "sun": full_sun,
    "low sun": low_sun,
}


def panel(stage: Stage, at: Vector, sides: tuple[float, float], watts: float, colour: str) -> None:
    """A glowing rectangle turned to the thing; lengths in sizes of the thing, watts for 1 m."""
    lamp = bpy.data.lights.new("panel", "AREA")
    lamp.shape, lamp.size, lamp.size_y = "RECTANGLE", sides[0] * stage.size, sides[1] * stage.size
    lamp.energy, lamp.color = watts * stage.size**2, linear(colour)
    made = bpy.data.objects.new("panel", lamp)
    made.location = tuple(axis * stage.size for axis in at)
    x, y, z = at[0], at[1], at[2] - 0.4
    made.rotation_euler = (math.atan2(math.hypot(x, y), z), 0, math.atan2(x, -y))
    bpy.context.scene.collection.objects.link(made)


def sun(
    azimuth_degrees: float, elevation_degrees: float, strength: float, colour: str, angle: float
) -> None:
    """A sun; azimuth 0 stands behind the camera, positive to the right."""
    lamp = bpy.data.lights.new("sun", "SUN")
    lamp.energy, lamp.angle, lamp.color = strength, angle, linear(colour)
    made = bpy.data.objects.new("sun", lamp)
    made.rotation_euler = (math.radians(90 - elevation_degrees), 0, math.radians(azimuth_degrees))
    bpy.context.scene.collection.objects.link(made)


def sky(colour: str, strength: float) -> None:
    """Even light from everywhere."""
    nodes = _world()
    nodes["Background"].inputs["Color"].default_value = (*linear(colour), 1.0)
    nodes["Background"].inputs["Strength"].default_value = strength


def heaven(zenith: str, horizon: str, strength: float) -> None:
    """A sky that pales towards the horizon, with thin clouds."""
    nodes = _world()
    links = bpy.context.scene.world.node_tree.links
    place = nodes.new("ShaderNodeTexCoord").outputs["Generated"]
    height = nodes.new("ShaderNodeSeparateXYZ")
    links.new(place, height.inputs[0])
    ramp = nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.elements[0].color = (*linear(horizon), 1.0)
    ramp.color_ramp.elements[1].color = (*linear(zenith), 1.0)
    ramp.color_ramp.elements[1].position = 0.6
    links.new(height.outputs["Z"], ramp.inputs["Fac"])
    links.new(ramp.outputs["Color"], nodes["Background"].inputs["Color"])
    nodes["Background"].inputs["Strength"].default_value = strength


def _world() -> bpy.types.Nodes:
    world = bpy.data.worlds.new("world")
    bpy.context.scene.world = world
    return world.node_tree.nodes
