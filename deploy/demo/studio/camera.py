"""The camera: placed so that the thing fills its share of the frame."""

from __future__ import annotations

import math

import bpy
import numpy as np
from mathutils import Matrix, Vector
from numpy.typing import NDArray

from deploy.demo.studio.scene import CameraView

SENSOR_MM = 36.0
"""Width of the sensor along the frame's longer side."""

SHORT_SHARE = 0.75
"""The frame's shorter side, of its longer."""


def stand(view: CameraView, corners: NDArray[np.float64]) -> Vector:
    """Set up the camera before a thing whose bounding box has these corners (8, 3), metres."""
    middle = Vector(((corners.min(axis=0) + corners.max(axis=0)) / 2).tolist())
    away = _direction(view)
    facing = away.to_track_quat("Z", "Y").to_matrix()
    distance = _distance(view, (corners - np.array(middle)) @ np.array(facing))
    lens = bpy.data.cameras.new("camera")
    lens.lens, lens.sensor_width, lens.sensor_fit = view.focal_length_mm, SENSOR_MM, "AUTO"
    lens.clip_start, lens.clip_end = distance * 0.02, 100.0
    lens.shift_x, lens.shift_y = view.aside
    lens.dof.use_dof = True
    lens.dof.focus_distance = distance * 0.97
    aperture = distance * view.blur_share * 2
    lens.dof.aperture_fstop = view.focal_length_mm / 1000 / aperture
    made = bpy.data.objects.new("camera", lens)
    roll = Matrix.Rotation(math.radians(view.roll_degrees), 3, "Z")
    made.matrix_world = Matrix.Translation(middle + away * distance) @ (facing @ roll).to_4x4()
    bpy.context.scene.collection.objects.link(made)
    bpy.context.scene.camera = made
    return middle + away * distance


def _direction(view: CameraView) -> Vector:
    """From the thing to the camera; azimuth 0 is along -Y."""
    up, around = math.radians(view.elevation_degrees), math.radians(view.azimuth_degrees)
    flat = math.cos(up)
    return Vector((flat * math.sin(around), -flat * math.cos(around), math.sin(up)))


def _distance(view: CameraView, seen: NDArray[np.float64]) -> float:
    """How far the camera stands, for corners (8, 3) already turned into its own axes."""
    half = np.array([0.5, 0.5 * SHORT_SHARE]) * SENSOR_MM / view.focal_length_mm
    half = half[::-1] if view.is_portrait else half
    low, high = 0.0, 200.0 * float(np.abs(seen).max())
    for _ in range(50):
        distance = (low + high) / 2
        depth = distance - seen[:, 2]
        shares = np.abs(seen[:, :2]) / (np.maximum(depth, 1e-9)[:, None] * half)
        is_near = bool((depth <= 0).any() or shares.max() > view.fill_share)
        low, high = (distance, high) if is_near else (low, distance)
    return high
