"""Has the photo a usual shape?"""

from __future__ import annotations

from imagehub.findings import ODD_ASPECT
from imagehub.vocabulary import Finding
from spark_jobs.verify.checks.view import View


def check(view: View) -> Finding | None:
    """Measure long side / short side: up to 3.1 in good photos, about 2.2 on a phone's screen."""
    aspect = max(view.width, view.height) / min(view.width, view.height)
    if aspect <= ODD_ASPECT.threshold:
        return None
    return ODD_ASPECT.found(round(aspect, 2), aspect=aspect)
