"""Is the photo too bright to see anything?"""

from __future__ import annotations

from imagehub.vocabulary import Finding
from spark_jobs.verify.checks.view import View

CODE = "bright"
DARKEST_ABOVE = 215.0


def check(view: View) -> Finding | None:
    """Measure the 1st percentile of luma: from 231 in bleached photos, up to 183 in good ones."""
    if view.darkest <= DARKEST_ABOVE:
        return None
    return Finding(
        CODE,
        round(view.darkest, 1),
        "The photo is so bright that little can be seen. Turn away from the light.",
    )
