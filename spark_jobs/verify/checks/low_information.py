"""Is there anything in the photo but one even field?"""

from __future__ import annotations

from imagehub.vocabulary import Finding
from spark_jobs.verify.checks import bright, dark
from spark_jobs.verify.checks.view import View

CODE = "low_information"
CONTRAST_BELOW = 12.0


def check(view: View) -> Finding | None:
    """Measure the grey levels between the 1st and 99th percentile: from 71 in good photos.

    Dark and bright photos are left to their own checks.
    """
    seen = view.lightest >= dark.LIGHTEST_BELOW and view.darkest <= bright.DARKEST_ABOVE
    if not seen or view.contrast >= CONTRAST_BELOW:
        return None
    return Finding(
        CODE,
        round(view.contrast, 1),
        "The photo shows one even field and no thing. See that nothing covers the lens.",
    )
