"""A Scene becomes a photo: models, place, clutter, light and camera, then Cycles on the CPU."""

from __future__ import annotations

import importlib
import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector
from numpy.typing import NDArray

from deploy.demo.studio.camera import stand
from deploy.demo.studio.finish import develop
from deploy.demo.studio.lights import LIGHTS, Stage
from deploy.demo.studio.places import PLACES
from deploy.demo.studio.props import PROPS
from deploy.demo.studio.scene import Scene


@dataclass(frozen=True, slots=True)
class Quality:
    """How much work one photo is."""

    side_pixels: int = 384
    samples: int = 4
    threads: int = 1


def render(scene: Scene, photo: Path, quality: Quality) -> None:
    """Write the JPEG `photo`: the same scene gives the same picture with the same Blender."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    corners = _built(scene)
    size = float(np.ptp(corners, axis=0).max())
    PLACES[scene.place](size, scene.chance("place"))
    for number, name in enumerate(scene.clutter):
        _beside(scene, name, number, corners)
    camera = stand(scene.view, corners)
    LIGHTS[scene.light](Stage(size, (camera.x, camera.y, camera.z), scene.chance("light")))
    _prepare(scene, quality)
    with tempfile.TemporaryDirectory() as folder:
        rendered = Path(folder) / "rendered.png"
        bpy.context.scene.render.filepath = str(rendered)
        bpy.ops.render.render(write_still=True)
        develop(rendered, photo, scene.light, scene.chance("finish"))


def _built(scene: Scene) -> NDArray[np.float64]:
    """Model the thing, turned and standing on the ground; its bounding box's corners (8, 3)."""
    model = importlib.import_module(f"deploy.demo.studio.models.{scene.thing.name}").model
    made = _made(lambda: model(scene.look, scene.chance("model")))
    turn = Matrix.Rotation(math.radians(scene.turn_degrees), 4, "Z")
    _move(made, turn)
    low, high = _bounds(made)
    _move(made, Matrix.Translation((-(low + high) / 2 * Vector((1, 1, 0))) - Vector((0, 0, low.z))))
    low, high = _bounds(made)
    return np.array(
        [(x, y, z) for x in (low.x, high.x) for y in (low.y, high.y) for z in (low.z, high.z)]
    )


def _made(work: Callable[[], None]) -> list[bpy.types.Object]:
    """The objects that `work` adds to the scene."""
    before = set(bpy.data.objects)
    work()
    bpy.context.view_layer.update()
    return [made for made in bpy.data.objects if made not in before]


def _move(things: list[bpy.types.Object], motion: Matrix) -> None:
    for thing in things:
        if thing.parent is None:
            thing.matrix_world = motion @ thing.matrix_world
    bpy.context.view_layer.update()


def _bounds(things: list[bpy.types.Object]) -> tuple[Vector, Vector]:
    """The lowest and the highest corner of all meshes."""
    spots: list[NDArray[np.float64]] = []
    for thing in things:
        if thing.type == "MESH":
            flat = np.empty(len(thing.data.vertices) * 3)
            thing.data.vertices.foreach_get("co", flat)
            world = np.array(thing.matrix_world)
            spots.append(flat.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3])
    every = np.concatenate(spots)
    return Vector(every.min(axis=0).tolist()), Vector(every.max(axis=0).tolist())


def _beside(scene: Scene, name: str, number: int, corners: NDArray[np.float64]) -> None:
    """Put a prop next to the thing: at its sides or behind, never before it."""
    chance = scene.chance(f"clutter/{number}")
    made = _made(lambda: PROPS[name](chance))
    low, high = _bounds(made)
    reach = math.hypot(*(high - low).xy) / 2
    radius = float(np.hypot(*np.ptp(corners, axis=0)[:2]) / 2)
    side = 1 if (number + int(scene.turn_degrees)) % 2 else -1
    angle = math.radians(90 - side * chance.uniform(38, 84))
    far = radius * 0.8 + reach * chance.uniform(0.9, 1.15) + 0.1 * radius
    spin = Matrix.Rotation(chance.uniform(0, 2 * math.pi), 4, "Z")
    _move(made, Matrix.Translation((far * math.cos(angle), far * math.sin(angle), 0)) @ spin)


def _prepare(scene: Scene, quality: Quality) -> None:
    """Few samples, short paths, a denoiser; colours as a phone shows them."""
    stage = bpy.context.scene
    stage.render.engine = "CYCLES"
    stage.render.threads_mode, stage.render.threads = "FIXED", quality.threads
    sides = (quality.side_pixels, quality.side_pixels * 3 // 4)
    width, height = sides[::-1] if scene.view.is_portrait else sides
    stage.render.resolution_x, stage.render.resolution_y = width, height
    stage.render.image_settings.file_format = "PNG"
    stage.render.image_settings.color_mode = "RGB"
    stage.view_settings.view_transform = "AgX"
    stage.view_settings.look = "AgX - Medium High Contrast"
    cycles = stage.cycles
    cycles.samples, cycles.use_adaptive_sampling, cycles.use_light_tree = (
        quality.samples,
        False,
        False,
    )
    cycles.sampling_pattern = "BLUE_NOISE"
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.denoising_prefilter, cycles.denoising_quality = "FAST", "FAST"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 6, 2, 2
    cycles.transmission_bounces, cycles.transparent_max_bounces = 5, 6
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect, cycles.blur_glossy = 4.0, 1.0
    cycles.seed = scene.chance("grain").getrandbits(16)
