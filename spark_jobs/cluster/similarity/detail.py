"""The second comparison, three times as fine: does every part of two photos agree?

Two bikes of one catalogue agree on the whole and differ in places.
A copy differs from its original by the noise of compression alone, everywhere. So the part that
agrees least decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spark_jobs.cluster.similarity.alignment import Fit, improve, overlay
from spark_jobs.cluster.similarity.looks import FINE_SIDE, Look, Plane, blur, correlation, shrink

SIDES = (FINE_SIDE, FINE_SIDE // 2, FINE_SIDE // 3)
ENOUGH_RESOLUTION = 0.75
"""A side is used for photos whose short side has at least this share of its pixels."""

STEPS = 12
BLOCKS = 16
MIN_BLOCK_SHARE = 0.5

MAX_WORST_LEVELS = 14.0
"""Of photos seen when this was set: different things from 22 on, copies made on purpose up to 14.8,
and one picture that was published twice, worked on in two ways, at 15. It errs towards apart."""

WORST_FLOOR_LEVELS = 2.0
MAX_WORST_SHARE = 0.28
MIN_GAIN, MAX_GAIN = 0.4, 2.5

DARKEST, BRIGHTEST = 8, 247
"""Beyond these a level may have been cut off: brightened copies lose what was bright."""

MIN_UNCUT_PIXELS = 200


@dataclass(frozen=True, slots=True)
class Detail:
    """How two photos agree in detail once one lies over the other.

    `correlation` is that of luma; `worst_levels` is the largest deviation of one of 16 x 16
    blocks (root of the mean square, levels of 255) after the change of tone that fits best, which
    multiplies by `gain`; `contrast_levels` is the photo's standard deviation.
    """

    correlation: float
    worst_levels: float
    gain: float
    contrast_levels: float

    @property
    def agrees(self) -> bool:
        """True if no part differs by more than copying explains."""
        return MIN_GAIN <= self.gain <= MAX_GAIN and self.worst_levels <= min(
            MAX_WORST_LEVELS, WORST_FLOOR_LEVELS + MAX_WORST_SHARE * self.contrast_levels
        )


def compare_detail(left: Look, right: Look, fit: Fit) -> Detail | None:
    """Compare at the finest scale that both have, from a fit found on coarser planes.

    None if the photos then overlap nowhere or one of them is flat.
    """
    side = _side(min(left.short_side_pixels, right.short_side_pixels))
    own, other = (blur(shrink(look.luma.astype(np.float64), side)) for look in (left, right))
    laid = overlay(other, improve(own, other, fit, STEPS))
    tone = _tone(own[laid.shared], laid.plane[laid.shared]) if laid.shared.any() else None
    if tone is None:
        return None
    gain, offset = tone
    deviation = _deviation(own, laid.plane, gain * laid.plane + offset)
    return Detail(
        correlation(own[laid.shared], laid.plane[laid.shared]),
        _worst_block(deviation**2, laid.shared),
        gain,
        float(own[laid.shared].std()),
    )


def _side(short_side_pixels: int) -> int:
    fitting = (side for side in SIDES if short_side_pixels >= ENOUGH_RESOLUTION * side)
    return next(fitting, SIDES[-1])


def _tone(own: Plane, other: Plane) -> tuple[float, float] | None:
    """Gain and offset that make the other one like the own, from levels that are not cut off."""
    uncut = _is_uncut(own) & _is_uncut(other)
    if uncut.sum() >= MIN_UNCUT_PIXELS:
        own, other = own[uncut], other[uncut]
    spread = other.var()
    if spread < 1e-6:
        return None
    gain = float(((own - own.mean()) * (other - other.mean())).mean() / spread)
    return gain, float(own.mean() - gain * other.mean())


def _is_uncut(levels: Plane) -> NDArray[np.bool_]:
    return (levels > DARKEST) & (levels < BRIGHTEST)


def _deviation(own: Plane, other: Plane, expected: Plane) -> Plane:
    """`own - expected`, but for what was cut off: there only the side that is known counts."""
    deviation = own - expected
    too_low_is_fine = (own >= BRIGHTEST) | (other <= DARKEST)
    too_high_is_fine = (own <= DARKEST) | (other >= BRIGHTEST)
    deviation = np.where(too_low_is_fine, np.maximum(deviation, 0.0), deviation)
    return np.where(too_high_is_fine, np.minimum(deviation, 0.0), deviation)


def _worst_block(squares: Plane, shared: NDArray[np.bool_]) -> float:
    """The root of the largest mean among the blocks that are mostly shared."""
    block = squares.shape[0] // BLOCKS
    shape = (BLOCKS, block, BLOCKS, block)
    counts = shared.reshape(shape).sum(axis=(1, 3))
    sums = np.where(shared, squares, 0.0).reshape(shape).sum(axis=(1, 3))
    enough = counts >= MIN_BLOCK_SHARE * block * block
    return float(np.sqrt((sums[enough] / counts[enough]).max(initial=0.0)))
