"""What people who looked at a photo say of a claim. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ReviewVote:
    """One person's answer; `skill` is the probability that the answer is right, 0.5 to 1."""

    answer: Literal["yes", "no", "unsure"]
    skill: float
