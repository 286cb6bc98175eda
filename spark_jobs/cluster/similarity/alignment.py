"""Lay one photo over another: find the crop that makes them agree.

Gauss-Newton on the squared difference after a free gain and offset of brightness, from coarse to
fine (Lucas and Kanade, 1981, with the photometric terms of Bartoli, 2008). Only scale and shift
along the two axes are sought: people crop and frame, they seldom turn by a few degrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spark_jobs.cluster.similarity.looks import SIDE, Plane, blur, correlation, shrink

MARGIN_SHARE = 3 / 64
"""What is left out along every edge of both photos: frames are drawn there."""

MIN_SCALE, MAX_SCALE = 0.83, 1.2
MAX_SHIFT_SHARE = 0.08
"""How much people crop: the more is allowed, the more plain pictures can be laid over another."""

CROP_TOLERANCE = 0.015
MAX_STEP = 0.06
MIN_GAIN = 0.3
MIN_OVERLAP_SHARE = 0.4
HOPELESS = 0.8
"""Copies agree by more than this at the coarse level already."""

COARSE, COARSE_STEPS = 16, 8
FINER = ((32, 8), (SIDE, 8))


@dataclass(frozen=True, slots=True)
class Fit:
    """The place `scale * x + shift` of the second photo lies under x of the first.

    Coordinates run from -0.5 to 0.5 along each axis; index 0 is vertical, 1 horizontal.
    """

    scale: tuple[float, float] = (1.0, 1.0)
    shift: tuple[float, float] = (0.0, 0.0)

    @property
    def is_still(self) -> bool:
        """True if the photos cover the same scene, edge to edge."""
        return all(
            abs(scale - 1) <= CROP_TOLERANCE and abs(shift) <= CROP_TOLERANCE
            for scale, shift in zip(self.scale, self.shift, strict=True)
        )

    @property
    def is_crop(self) -> bool:
        """True if one photo lies wholly within the other: people cut away or frame, not both."""
        ends = [
            (self.shift[axis] - self.scale[axis] / 2, self.shift[axis] + self.scale[axis] / 2)
            for axis in (0, 1)
        ]
        first_within = all(
            low >= -0.5 - CROP_TOLERANCE and high <= 0.5 + CROP_TOLERANCE for low, high in ends
        )
        second_within = all(
            low <= -0.5 + CROP_TOLERANCE and high >= 0.5 - CROP_TOLERANCE for low, high in ends
        )
        return first_within or second_within


@dataclass(frozen=True, slots=True)
class Overlay:
    """The second photo laid over the first, and where both have something to compare."""

    plane: Plane
    shared: NDArray[np.bool_]


def align(left: Plane, right: Plane) -> Fit | None:
    """Find the fit of two square planes of SIDE pixels; None if neither is cut from the other."""
    coarse = shrink(left, COARSE)
    fit = improve(coarse, shrink(right, COARSE), Fit(), COARSE_STEPS)
    laid = overlay(shrink(right, COARSE), fit)
    if correlation(coarse[laid.shared], laid.plane[laid.shared]) < HOPELESS:
        return None
    for side, steps in FINER:
        fit = improve(blur(shrink(left, side)), blur(shrink(right, side)), fit, steps)
    return fit if fit.is_crop else None


def overlay(plane: Plane, fit: Fit) -> Overlay:
    """Lay a square plane where the fit says; `shared` leaves out the margins of both photos."""
    side = plane.shape[0]
    rows, columns = (
        ((fit.scale[axis] * _places(side) + fit.shift[axis]) + 0.5) * side - 0.5 for axis in (0, 1)
    )
    inside = _inside(rows, side)[:, None] & _inside(columns, side)[None, :]
    return Overlay(_sample(plane, rows, columns), inside)


def improve(left: Plane, right: Plane, fit: Fit, steps: int) -> Fit:
    """Take at most `steps` steps from a fit towards a better one; planes are square and equal."""
    side = left.shape[0]
    parameters = np.array([*fit.scale, *fit.shift])
    for _ in range(steps):
        laid = overlay(right, _to_fit(parameters))
        if laid.shared.mean() < MIN_OVERLAP_SHARE:
            break
        change = _step(left, laid, parameters)
        parameters = parameters + change
        parameters[:2] = parameters[:2].clip(MIN_SCALE, MAX_SCALE)
        parameters[2:] = parameters[2:].clip(-MAX_SHIFT_SHARE, MAX_SHIFT_SHARE)
        if np.abs(change).max() < 0.03 / side:
            break
    return _to_fit(parameters)


def _step(left: Plane, laid: Overlay, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve for the change of the four parameters together with brightness' gain and offset."""
    side = left.shape[0]
    down, across = np.gradient(laid.plane)
    down, across = down * side / parameters[0], across * side / parameters[1]
    positions = _places(side)
    columns = (
        *(down * positions[:, None], across * positions[None, :], down, across),
        *(laid.plane, np.ones_like(laid.plane)),
    )
    jacobian = np.stack([column[laid.shared] for column in columns], axis=-1)
    normal = jacobian.T @ jacobian
    normal[np.diag_indices(6)] = normal.diagonal() * (1 + 1e-4) + 1e-6
    solution = np.linalg.solve(normal, jacobian.T @ left[laid.shared])
    change: NDArray[np.float64] = solution[:4] / max(float(solution[4]), MIN_GAIN)
    return change.clip(-MAX_STEP, MAX_STEP)


def _places(side: int) -> NDArray[np.float64]:
    return (np.arange(side) + 0.5) / side - 0.5


def _inside(positions: NDArray[np.float64], side: int) -> NDArray[np.bool_]:
    low, high = MARGIN_SHARE * side - 0.51, (1 - MARGIN_SHARE) * side - 0.49
    own = np.arange(side)
    return (positions >= low) & (positions <= high) & (own >= low) & (own <= high)


def _sample(plane: Plane, rows: NDArray[np.float64], columns: NDArray[np.float64]) -> Plane:
    """Interpolate bilinearly at a grid of positions; beyond the edge the slope goes on."""
    last = plane.shape[0] - 2
    top, first = (np.clip(np.floor(p).astype(int), 0, last) for p in (rows, columns))
    down, across = (rows - top)[:, None], (columns - first)[None, :]
    upper = plane[top] * (1 - down) + plane[top + 1] * down
    sampled: Plane = upper[:, first] * (1 - across) + upper[:, first + 1] * across
    return sampled


def _to_fit(parameters: NDArray[np.float64]) -> Fit:
    vertical, horizontal, down, across = (float(number) for number in parameters)
    return Fit((vertical, horizontal), (down, across))
