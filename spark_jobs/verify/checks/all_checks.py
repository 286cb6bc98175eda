"""All checks in the order in which their findings are told, and what each finding leads to."""

from __future__ import annotations

from imagehub.vocabulary import Finding
from spark_jobs.verify.checks import (
    aspect,
    blurred,
    bright,
    dark,
    low_density,
    low_information,
    resolution,
)
from spark_jobs.verify.checks.view import View

CHECKS = (
    dark.check,
    bright.check,
    low_information.check,
    blurred.check,
    resolution.check,
    aspect.check,
    low_density.check,
)
REJECTED = frozenset({dark.CODE, bright.CODE, low_information.CODE, resolution.CODE})
"""Findings with which nobody could use the photo; every other finding asks for a person."""

THRESHOLDS = {
    dark.CODE: dark.LIGHTEST_BELOW,
    bright.CODE: bright.DARKEST_ABOVE,
    low_information.CODE: low_information.CONTRAST_BELOW,
    blurred.CODE: blurred.SHARPEST_BELOW,
    resolution.CODE: float(resolution.SHORT_SIDE_BELOW_PIXELS),
    aspect.CODE: aspect.ASPECT_ABOVE,
}


def findings(view: View) -> list[Finding]:
    """What the checks find in the view; empty for a photo that is fit."""
    return [finding for check in CHECKS if (finding := check(view)) is not None]
