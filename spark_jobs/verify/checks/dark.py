"""Is the photo too dark to see anything?"""

from __future__ import annotations

from imagehub.findings import DARK
from imagehub.vocabulary import Finding
from spark_jobs.verify.checks.view import View


def check(view: View) -> Finding | None:
    """Measure the 99th percentile of luma: at most 18 in darkened photos, from 94 in good ones."""
    if view.lightest >= DARK.threshold:
        return None
    return DARK.found(round(view.lightest, 1))
