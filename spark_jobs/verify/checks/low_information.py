"""Is there anything in the photo but one even field?"""

from __future__ import annotations

from imagehub.findings import BRIGHT, DARK, LOW_INFORMATION
from imagehub.vocabulary import Finding
from spark_jobs.verify.checks.view import View


def check(view: View) -> Finding | None:
    """Measure the grey levels between the 1st and 99th percentile: from 71 in good photos.

    Dark and bright photos are left to their own checks.
    """
    seen = view.lightest >= DARK.threshold and view.darkest <= BRIGHT.threshold
    if not seen or view.contrast >= LOW_INFORMATION.threshold:
        return None
    return LOW_INFORMATION.found(round(view.contrast, 1))
