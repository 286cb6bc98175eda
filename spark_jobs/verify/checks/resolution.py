"""Has the photo enough pixels?"""

from __future__ import annotations

from imagehub.vocabulary import Finding
from spark_jobs.verify.checks.view import View

CODE = "tiny"
SHORT_SIDE_BELOW_PIXELS = 64
"""The least that landing takes, and that a subset takes by default."""


def check(view: View) -> Finding | None:
    """Find what landing would refuse today, by the original's short side.

    Thumbnails have 17 to 40 pixels, good photos 97 and more.
    """
    short = min(view.width, view.height)
    if short >= SHORT_SIDE_BELOW_PIXELS:
        return None
    return Finding(
        CODE,
        float(short),
        f"The photo is small: {view.width} x {view.height} pixels. The short side should have at"
        f" least {SHORT_SIDE_BELOW_PIXELS}. Send the original, not a thumbnail.",
    )
