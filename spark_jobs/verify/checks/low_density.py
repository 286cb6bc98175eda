"""Did landing notice that the file holds too few bytes for its pixels?"""

from __future__ import annotations

from imagehub.vocabulary import Finding
from spark_jobs.verify.checks.view import View

CODE = "low_density"


def check(view: View) -> Finding | None:
    """Pass on the flag that landing set from bytes a pixel; 1 stands for the flag."""
    if CODE not in view.flags:
        return None
    return Finding(
        CODE,
        1.0,
        "The file holds far fewer bytes than a photo of its size: most of it is empty. Send the"
        " file that the camera made.",
    )
