"""All checks in the order in which their findings are told, and what each finding leads to."""

from __future__ import annotations

from imagehub.findings import BY_CODE, MeasuredKind
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
REJECTED = frozenset(kind.code for kind in BY_CODE.values() if kind.rejects)
"""Findings that make a photo useless; every other finding asks for a person."""

THRESHOLDS = {
    kind.code: kind.threshold for kind in BY_CODE.values() if isinstance(kind, MeasuredKind)
}
"""They belong to a version of verification."""


def findings(view: View) -> list[Finding]:
    """What the checks find in the view; empty for a photo that is fit."""
    return [finding for check in CHECKS if (finding := check(view)) is not None]
