"""Has the photo a usual shape?"""

from __future__ import annotations

from imagehub.vocabulary import Finding
from spark_jobs.verify.checks.view import View

CODE = "odd_aspect"
ASPECT_ABOVE = 4.0


def check(view: View) -> Finding | None:
    """Measure long side / short side: up to 3.1 in good photos, about 2.2 on a phone's screen."""
    aspect = max(view.width, view.height) / min(view.width, view.height)
    if aspect <= ASPECT_ABOVE:
        return None
    return Finding(
        CODE,
        round(aspect, 2),
        f"The photo is a strip, {aspect:.0f} times as long as wide. Send it uncropped.",
    )
