"""Is the photo too bright to see anything?"""

from __future__ import annotations

from imagehub.findings import BRIGHT
from imagehub.vocabulary import Finding
from spark_jobs.verify.checks.view import View


def check(view: View) -> Finding | None:
    """Measure the 1st percentile of luma: from 231 in bleached photos, up to 183 in good ones."""
    if view.darkest <= BRIGHT.threshold:
        return None
    return BRIGHT.found(round(view.darkest, 1))
