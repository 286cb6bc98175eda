"""Do two looks show the same photo? Every pixel is asked; a fingerprint has no say here.

A coarse comparison finds how one photo lies over the other and sends most pairs away; a fine one
decides. The limits were set on copies that were made on purpose (recompressed, resized, cropped,
mirrored, framed, retoned) and on pairs of alike but different photos of some labels, and tried on
photos of others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spark_jobs.cluster.similarity.alignment import Fit, Overlay, align, overlay
from spark_jobs.cluster.similarity.detail import Detail, compare_detail
from spark_jobs.cluster.similarity.looks import SIDE, Look, Plane, blur, correlation, shrink

MIN_CORRELATION = 0.975
MAX_WORST_BLOCK = 0.45
MAX_CHROMA_DIFFERENCE = 16.0
MIN_CONTRAST = 2.0
MIN_PIXELS = 100
MIN_RICH_SHARE = 1 / 3
BLOCKS = 8
MIN_BLOCK_PIXELS = 32

CORE_BORDER = 8
CORE_SIDE = 6
MIN_CORE_CORRELATION = 0.55
"""Below this the middles of two photos differ so much that aligning them is a waste."""


@dataclass(frozen=True, slots=True)
class PhotoComparison:
    """How two photos agree once one lies over the other as `fit` says.

    `correlation` is that of luma over the shared area; `worst_block` the largest deviation of one
    of 8 x 8 blocks after gain and offset, in units of the photo's contrast; `chroma_difference`
    the largest difference of a block's mean colour, in levels of 255, after a free saturation.
    The second photo was mirrored if so told, then turned left by `quarters` of a full turn.
    `detail` is there where these agree.
    """

    correlation: float
    worst_block: float
    chroma_difference: float
    mirrored: bool
    quarters: int
    fit: Fit
    detail: Detail | None = None

    @property
    def is_alike(self) -> bool:
        """True if it is worth a finer look."""
        return (
            self.correlation >= MIN_CORRELATION
            and self.worst_block <= MAX_WORST_BLOCK
            and self.chroma_difference <= MAX_CHROMA_DIFFERENCE
        )

    @property
    def same_photo(self) -> bool:
        """True if nothing but copying explains the agreement."""
        return self.is_alike and self.detail is not None and self.detail.agrees

    @property
    def distance(self) -> float:
        """0 for equal pixels, growing as they agree less."""
        return max(0.0, 1.0 - (self.detail or self).correlation)

    @property
    def reason(self) -> str:
        """One sentence for people."""
        turned = "mirrored and " if self.mirrored else ""
        turned += "turned and " if self.quarters else ""
        cut = "" if self.fit.is_still else ", with its edges cut off or a frame around it"
        return (
            f"It shows the same photo{cut}: {turned}laid over it,"
            f" its pixels agree by {1 - self.distance:.1%}."
        )


def compare(left: Look, right: Look) -> PhotoComparison | None:
    """Compare in all eight orientations; return the best one, None if none nearly agrees."""
    found = [
        comparison
        for quarters in range(4)
        for mirrored in (False, True)
        if (comparison := _compare_one_way(left, right, mirrored, quarters)) is not None
    ]
    return max(
        found,
        key=lambda comparison: (comparison.same_photo, comparison.correlation),
        default=None,
    )


def _compare_one_way(
    left: Look, right: Look, mirrored: bool, quarters: int
) -> PhotoComparison | None:
    right = (right.mirrored() if mirrored else right).turned(quarters)
    first, second = left.colours.astype(np.float64), right.colours.astype(np.float64)
    if correlation(_core(first[:, :, 0]), _core(second[:, :, 0])) < MIN_CORE_CORRELATION:
        return None
    fit = align(first[:, :, 0], second[:, :, 0])
    if fit is None or not (fit.is_still or (_is_rich(first) and _is_rich(second))):
        return None
    luma = blur(first[:, :, 0])
    laid = overlay(blur(second[:, :, 0]), fit)
    if laid.shared.sum() < MIN_PIXELS or luma[laid.shared].std() < MIN_CONTRAST:
        return None
    coarse = PhotoComparison(
        correlation(luma[laid.shared], laid.plane[laid.shared]),
        _worst_block(luma, laid),
        _chroma_difference(first, [overlay(second[:, :, plane], fit) for plane in (1, 2)]),
        mirrored,
        quarters,
        fit,
    )
    if not coarse.is_alike:
        return coarse
    return replace(coarse, detail=compare_detail(left, right, fit))


def _is_rich(colours: Plane) -> bool:
    """True if detail is spread over the photo; else a crop can be made to fit by chance."""
    block = SIDE // BLOCKS
    contrast = colours[:, :, 0].reshape(BLOCKS, block, BLOCKS, block).std(axis=(1, 3))
    return float((contrast >= MIN_CONTRAST).mean()) >= MIN_RICH_SHARE


def _core(luma: Plane) -> Plane:
    return shrink(luma[CORE_BORDER:-CORE_BORDER, CORE_BORDER:-CORE_BORDER], CORE_SIDE)


def _worst_block(luma: Plane, laid: Overlay) -> float:
    own, other = luma[laid.shared], laid.plane[laid.shared]
    gain, offset = np.polyfit(other, own, 1)
    deviation = (luma - (gain * laid.plane + offset)) ** 2
    return float(np.sqrt(_block_means(deviation, laid).max(initial=0.0)) / (own.std() + 4))


def _chroma_difference(first: Plane, laid: list[Overlay]) -> float:
    own = np.concatenate(
        [
            _block_means(first[:, :, plane] - 128, part)
            for plane, part in zip((1, 2), laid, strict=True)
        ]
    )
    other = np.concatenate([_block_means(part.plane - 128, part) for part in laid])
    saturation = float(np.clip((own @ other) / (other @ other + 50), 0.4, 2.5))
    return float(np.abs(own - saturation * other).max(initial=0.0))


def _block_means(plane: Plane, laid: Overlay) -> Plane:
    """Means of the blocks that are mostly shared, one after another."""
    block = SIDE // BLOCKS
    shape = (BLOCKS, block, BLOCKS, block)
    counts = laid.shared.reshape(shape).sum(axis=(1, 3))
    sums = np.where(laid.shared, plane, 0.0).reshape(shape).sum(axis=(1, 3))
    enough = counts >= MIN_BLOCK_PIXELS
    means: Plane = sums[enough] / counts[enough]
    return means
