"""Is the photo blurred all over?"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from imagehub.findings import BLURRED, LOW_INFORMATION
from imagehub.vocabulary import Finding
from spark_jobs.verify.checks.view import SHORT_SIDE_PIXELS, View, level_at

SHARPEST_SHARE = 0.995
DIAGONAL = math.sqrt(2)


def check(view: View) -> Finding | None:
    """Find photos without a sharp edge in some direction; a person decides of what use they are.

    Not rejected: what is blurred by a 45th of its short side mostly counts as blurred too, and
    may still serve.
    """
    sharpest = measure(view)
    if sharpest is None or sharpest >= BLURRED.threshold:
        return None
    return BLURRED.found(round(sharpest, 3))


def measure(view: View) -> float | None:
    """The steepest step between neighbours, per contrast of the photo, in its softest direction.

    At most 0.11 in photos blurred by a Gaussian of 1/30 of the short side, from 0.16 in good ones;
    the threshold lies nearer to the blurred, because good photos are many. One sharp thing before
    a soft background is enough. Each of four directions is measured apart, because a shaken photo
    keeps its edges along the movement (two directions in Crete et al., "The blur effect", 2007).
    Small photos are sharper pixel by pixel, and are measured by the root of their size. None for
    a photo without contrast or smaller than 2 pixels.
    """
    short = min(view.light.shape)
    if view.contrast < LOW_INFORMATION.threshold or short < 2:
        return None
    light = view.light.astype(np.int16)
    softest = min(
        _steepest(light[:, 1:] - light[:, :-1]),
        _steepest(light[1:] - light[:-1]),
        _steepest(light[1:, 1:] - light[:-1, :-1]) / DIAGONAL,
        _steepest(light[1:, :-1] - light[:-1, 1:]) / DIAGONAL,
    )
    return softest / view.contrast * math.sqrt(min(1.0, short / SHORT_SIDE_PIXELS))


def _steepest(steps: npt.NDArray[np.int16]) -> float:
    return level_at(np.bincount(np.abs(steps).ravel(), minlength=256), SHARPEST_SHARE)
