"""Has the photo enough pixels?"""

from __future__ import annotations

from imagehub.vocabulary import Finding
from spark_jobs.checks.view import View

TINY = "tiny"
LOW_RESOLUTION = "low_resolution"
TINY_BELOW_PIXELS = 32
LOW_BELOW_PIXELS = 64


def check(view: View) -> Finding | None:
    """Measure the original's short side, in pixels: 19 to 40 in thumbnails, from 85 in good ones.

    `low_resolution` below 64, the least that a subset takes by default; `tiny` below 32.
    """
    short = min(view.width, view.height)
    if short >= LOW_BELOW_PIXELS:
        return None
    code = TINY if short < TINY_BELOW_PIXELS else LOW_RESOLUTION
    return Finding(
        code,
        float(short),
        f"The photo is small: {view.width} x {view.height} pixels. The short side should have at"
        f" least {LOW_BELOW_PIXELS}.",
    )
