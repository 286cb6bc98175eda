"""Is the photo blurred all over?"""

from __future__ import annotations

import numpy as np

from imagehub.vocabulary import Finding
from spark_jobs.checks import low_information
from spark_jobs.checks.view import View

CODE = "blurred"
SHARPEST_BELOW = 0.16
SHARPEST_PERCENTILE = 99.5


def check(view: View) -> Finding | None:
    """Measure the sharpest edges: the steepest step between neighbours, per contrast of the photo.

    A photo with one sharp thing before a soft background is sharp. At most 0.11 in photos blurred
    by a Gaussian, from 0.24 in good ones. Says nothing of a photo without contrast or smaller
    than 2 pixels.
    """
    if view.contrast < low_information.CONTRAST_BELOW or min(view.light.shape) < 2:
        return None
    across = np.diff(view.light, axis=1)[:-1]
    down = np.diff(view.light, axis=0)[:, :-1]
    squares = (across * across + down * down).ravel()
    enough = (SHARPEST_BELOW * view.contrast) ** 2
    if np.count_nonzero(squares >= enough) > squares.size * (1 - SHARPEST_PERCENTILE / 100) + 1:
        return None  # sharp; most photos are, and need no exact number
    sharpest = float(np.sqrt(np.percentile(squares, SHARPEST_PERCENTILE))) / view.contrast
    if sharpest >= SHARPEST_BELOW:
        return None
    return Finding(CODE, round(sharpest, 3), "The photo is blurred: it has no sharp edge.")
