"""Is the photo too dark to see anything?"""

from __future__ import annotations

from imagehub.vocabulary import Finding
from spark_jobs.verify.checks.view import View

CODE = "dark"
LIGHTEST_BELOW = 40.0


def check(view: View) -> Finding | None:
    """Measure the 99th percentile of luma: at most 18 in darkened photos, from 94 in good ones."""
    if view.lightest >= LIGHTEST_BELOW:
        return None
    return Finding(
        CODE,
        round(view.lightest, 1),
        "The photo is so dark that little can be seen. Turn on a light or the flash.",
    )
