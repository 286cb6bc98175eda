"""Meshes made of numbers: from a lathe, along a path, cut as a box. Lengths in metres."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import bpy
import numpy as np
from numpy.typing import NDArray

Points = Sequence[tuple[float, float, float]]
Outline = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Finish:
    """How a mesh is smoothed: levels of subdivision, the width of its bevel in metres."""

    subdivisions: int = 0
    bevel: float = 0.0
    is_smooth: bool = True


SMOOTH = Finish()
SHARP_RADIANS = 0.7
"""Faces that meet at a greater angle have an edge between them, not a curve."""


def solid(
    material: bpy.types.Material,
    vertices: NDArray[np.float64],
    faces: Sequence[Sequence[int]],
    finish: Finish = SMOOTH,
) -> bpy.types.Object:
    """An object of these faces, linked into the scene."""
    mesh = bpy.data.meshes.new("solid")
    mesh.from_pydata(np.asarray(vertices).tolist(), [], [list(face) for face in faces])
    mesh.materials.append(material)
    mesh.polygons.foreach_set("use_smooth", [finish.is_smooth] * len(mesh.polygons))
    if finish.is_smooth and not finish.subdivisions:
        mesh.set_sharp_from_angle(angle=SHARP_RADIANS)
    made = bpy.data.objects.new("solid", mesh)
    bpy.context.scene.collection.objects.link(made)
    if finish.bevel:
        bevel = made.modifiers.new("bevel", "BEVEL")
        bevel.width, bevel.segments = finish.bevel, 3
        bevel.harden_normals = False
    if finish.subdivisions:
        smooth = made.modifiers.new("smooth", "SUBSURF")
        smooth.levels = smooth.render_levels = finish.subdivisions
    return made


def lathe(
    material: bpy.types.Material, outline: Outline, segments: int = 48, finish: Finish = SMOOTH
) -> bpy.types.Object:
    """What a lathe makes of (radius, height), from the bottom's middle to the top's."""
    angles = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    radius, height = np.array(outline, dtype=float).T
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    flat = radius[:, None, None] * ring[None]
    tall = np.broadcast_to(height[:, None, None], (len(radius), segments, 1))
    vertices = np.concatenate([flat, tall], axis=2).reshape(-1, 3)
    return solid(material, vertices, grid(len(radius), segments, is_round=True), finish)


def grid(rows: int, columns: int, is_round: bool = False) -> list[tuple[int, int, int, int]]:
    """The faces between rows of vertices; a round one joins its last column to its first."""
    last = columns if is_round else columns - 1
    return [
        (
            row * columns + column,
            row * columns + (column + 1) % columns,
            (row + 1) * columns + (column + 1) % columns,
            (row + 1) * columns + column,
        )
        for row in range(rows - 1)
        for column in range(last)
    ]


def tube(
    material: bpy.types.Material,
    path: Points,
    radii: float | Sequence[float],
    sides: int = 12,
    flatness: float = 1.0,
) -> bpy.types.Object:
    """A round bar along a path; one radius for all or one a point; `flatness` squeezes it."""
    at = np.array(path, dtype=float)
    widths = np.broadcast_to(np.asarray(radii, dtype=float), len(at))
    along = np.gradient(at, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    aside = _frames(along)
    other = np.cross(along, aside)
    angles = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    round_ = aside[:, None] * np.cos(angles)[None, :, None] * flatness
    round_ = round_ + other[:, None] * np.sin(angles)[None, :, None]
    vertices = (at[:, None] + widths[:, None, None] * round_).reshape(-1, 3)
    ends = [tuple(range(sides))[::-1], tuple(range(len(vertices) - sides, len(vertices)))]
    return solid(material, vertices, [*grid(len(at), sides, is_round=True), *ends])


def _frames(along: NDArray[np.float64]) -> NDArray[np.float64]:
    """One direction across the path a point, turning as little as the path lets it."""
    first = np.array([0.0, 0.0, 1.0]) if abs(along[0, 2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    frames = [first]
    for direction in along:
        across = frames[-1] - direction * (frames[-1] @ direction)
        frames.append(across / np.linalg.norm(across))
    return np.array(frames[1:])


def box(
    material: bpy.types.Material,
    size: tuple[float, float, float],
    at: tuple[float, float, float] = (0.0, 0.0, 0.0),
    bevel: float = 0.0,
) -> bpy.types.Object:
    """A box with its middle at `at`."""
    corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
    vertices = corners * np.array(size) / 2
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    made = solid(material, vertices, faces, Finish(bevel=bevel, is_smooth=bool(bevel)))
    made.location = at
    return made


def sphere(
    material: bpy.types.Material,
    radius: float,
    shape: Callable[[NDArray[np.float64]], NDArray[np.float64]] = lambda unit: unit,
    rings: int = 40,
) -> bpy.types.Object:
    """A sphere whose unit vertices (n, 3) `shape` may move before they are scaled."""
    tilt = np.linspace(1e-3, np.pi - 1e-3, rings)[::-1]
    turn = np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False)
    unit = np.stack(
        [
            np.outer(np.sin(tilt), np.cos(turn)),
            np.outer(np.sin(tilt), np.sin(turn)),
            np.outer(np.cos(tilt), np.ones_like(turn)),
        ],
        axis=2,
    ).reshape(-1, 3)
    faces = grid(rings, 2 * rings, is_round=True)
    return solid(material, shape(unit) * radius, faces)


def curve(points: Points, steps: int = 12) -> list[tuple[float, float, float]]:
    """A smooth path through the points (Catmull and Rom 1974), `steps` a stretch."""
    at = np.array(points, dtype=float)
    padded = np.vstack([2 * at[0] - at[1], at, 2 * at[-1] - at[-2]])
    smooth = []
    for stretch in range(len(at) - 1):
        a, b, c, d = padded[stretch : stretch + 4]
        for t in np.linspace(0, 1, steps, endpoint=False):
            bend = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
            smooth.append((bend + (3 * b - a - 3 * c + d) * t**3) / 2)
    return [tuple(point) for point in [*smooth, at[-1]]]


def profile(points: Outline, steps: int = 6) -> list[tuple[float, float]]:
    """A smooth outline through the points, for the lathe."""
    smooth = curve([(radius, height, 0.0) for radius, height in points], steps)
    return [(max(radius, 1e-5), height) for radius, height, _ in smooth]


def tint(made: bpy.types.Object, colours: NDArray[np.float64]) -> None:
    """Give every vertex its own linear colour (n, 3), which `Paint.tint` reads."""
    layer = made.data.color_attributes.new("tint", "FLOAT_COLOR", "POINT")
    opaque = np.concatenate([colours, np.ones((len(colours), 1))], axis=1)
    layer.data.foreach_set("color", opaque.ravel())
