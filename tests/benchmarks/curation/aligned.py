"""How far two photos differ once one is laid over the other; OpenCV's work, none of the hub's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

SIDE_PIXELS = 160
SMOOTHED_PIXELS = 1.2
"""Standard deviation of the blur that takes the grain of JPEG and of few colours away."""
CELL_PIXELS = 8
RIM_PIXELS = 4
LEAST_OVERLAP = 0.6
LEAST_CORRELATION = 0.9
THUMB_PIXELS = 24
STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)

Pixels = npt.NDArray[np.uint8]
Levels = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A photo, small and smooth: H x W x 3 levels, the longer side SIDE_PIXELS."""

    pixels: Pixels

    @classmethod
    def read(cls, file: Path) -> Picture:
        """Read a photo, upright."""
        image = cv2.imread(str(file), cv2.IMREAD_COLOR)
        if image is None:
            raise ValueError(f"{file} is no photo.")
        scale = SIDE_PIXELS / max(image.shape[:2])
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        return cls(np.asarray(cv2.GaussianBlur(small, (0, 0), SMOOTHED_PIXELS), np.uint8))

    @property
    def mirrored(self) -> Picture:
        """The same, left for right."""
        return Picture(np.ascontiguousarray(self.pixels[:, ::-1]))

    @property
    def grey(self) -> Pixels:
        """H x W levels."""
        return np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_BGR2GRAY), np.uint8)

    @property
    def thumb(self) -> Levels:
        """A few grey levels of mean 0 and length 1: products of two are their correlation."""
        sides = (THUMB_PIXELS, THUMB_PIXELS)
        levels = cv2.resize(self.grey, sides, interpolation=cv2.INTER_AREA).astype(np.float32)
        levels -= levels.mean()
        return np.asarray(levels.ravel() / max(float(np.linalg.norm(levels)), 1e-6), np.float32)


def worst_difference(picture: Picture, other: Picture) -> float:
    """Levels by which the worst cell of `one` differs from `other`, laid over it; else infinity.

    Laid over is by the affine map that makes their enhanced correlation greatest (Evangelidis and
    Psarakis 2008). Infinite where that correlation stays below LEAST_CORRELATION or less than
    LEAST_OVERLAP of `one` is covered. A gain and an offset of each colour are no difference.
    """
    found = _map(picture.grey, other.grey)
    if found is None:
        return float("inf")
    laid, covered = _laid_over(other.pixels, found, picture.pixels.shape[:2])
    if covered.mean() < LEAST_OVERLAP:
        return float("inf")
    wanted = picture.pixels.astype(np.float32)
    apart = np.abs(wanted - _toned(laid, wanted, covered)).mean(axis=2)
    cells, counts = _cell_sums(apart * covered), _cell_sums(covered.astype(np.float32))
    whole = counts > CELL_PIXELS**2 / 2
    return float((cells[whole] / counts[whole]).max())


def _map(one: Pixels, other: Pixels) -> Levels | None:
    begin = np.diag([other.shape[1] / one.shape[1], other.shape[0] / one.shape[0], 1.0])
    try:
        correlation, found = cv2.findTransformECC(
            one, other, begin[:2].astype(np.float32), cv2.MOTION_AFFINE, STEPS
        )
    except cv2.error:  # its way of saying that it has not converged
        return None
    return np.asarray(found, np.float32) if correlation >= LEAST_CORRELATION else None


def _laid_over(
    pixels: Pixels, found: Levels, shape: tuple[int, ...]
) -> tuple[Levels, npt.NDArray[np.bool_]]:
    sides, way = (shape[1], shape[0]), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(pixels.astype(np.float32), found, sides, flags=way)
    inside = np.zeros(pixels.shape[:2], np.float32)
    inside[RIM_PIXELS:-RIM_PIXELS, RIM_PIXELS:-RIM_PIXELS] = 1
    covered = np.asarray(cv2.warpAffine(inside, found, sides, flags=way)) > 0.999
    within = np.zeros(shape, np.bool_)
    within[RIM_PIXELS:-RIM_PIXELS, RIM_PIXELS:-RIM_PIXELS] = True
    return np.asarray(laid, np.float32), covered & within


def _toned(laid: Levels, wanted: Levels, covered: npt.NDArray[np.bool_]) -> Levels:
    """`laid` with the gain and the offset of each colour that bring it nearest to `wanted`."""
    given, aim = laid[covered], wanted[covered]
    middle, goal = given.mean(axis=0), aim.mean(axis=0)
    spread = np.maximum(((given - middle) ** 2).sum(axis=0), 1e-6)
    gain = ((given - middle) * (aim - goal)).sum(axis=0) / spread
    return np.asarray((laid - middle) * gain + goal, np.float32)


def _cell_sums(levels: Levels) -> Levels:
    """Sums over cells; what is left at the right and at the bottom belongs to no cell."""
    rows, columns = (side // CELL_PIXELS for side in levels.shape)
    whole = levels[: rows * CELL_PIXELS, : columns * CELL_PIXELS]
    return np.asarray(whole.reshape(rows, CELL_PIXELS, columns, CELL_PIXELS).sum(axis=(1, 3)))
