"""Has the photo enough pixels?"""

from __future__ import annotations

from imagehub.findings import TINY
from imagehub.vocabulary import Finding
from spark_jobs.verify.checks.view import View


def check(view: View) -> Finding | None:
    """Find what landing would refuse today, by the original's short side.

    Thumbnails have 17 to 40 pixels, good photos 97 and more.
    """
    short = min(view.width, view.height)
    if short >= TINY.threshold:
        return None
    return TINY.found(float(short), width=view.width, height=view.height, least=TINY.threshold)
