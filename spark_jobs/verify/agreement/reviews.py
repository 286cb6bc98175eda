"""What people who looked at a photo say of a claim, as a verdict takes it in. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReviewOpinion:
    """What reviews say together, and how many said what; at least one person decided."""

    log_ratio: float
    yes: int
    no: int
