"""Did landing notice that the file holds too few bytes for its pixels?"""

from __future__ import annotations

from imagehub.findings import LOW_DENSITY
from imagehub.vocabulary import Finding
from spark_jobs.verify.checks.view import View


def check(view: View) -> Finding | None:
    """Pass on the flag that landing set from bytes a pixel; 1 stands for the flag."""
    return LOW_DENSITY.found(1.0) if LOW_DENSITY.code in view.flags else None
