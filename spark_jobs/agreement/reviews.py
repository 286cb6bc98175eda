"""What people who looked at a photo say of a claim. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from spark_jobs.agreement.probability import logit

LEAST_SKILL, MOST_SKILL = 0.5, 0.99


@dataclass(frozen=True, slots=True)
class ReviewVote:
    """One person's answer; `skill` is the probability that the answer is right, 0.5 to 1."""

    answer: Literal["yes", "no", "unsure"]
    skill: float


@dataclass(frozen=True, slots=True)
class ReviewOpinion:
    """What reviews say together, and how many said what."""

    log_ratio: float
    yes: int
    no: int


def opinion(votes: Sequence[ReviewVote]) -> ReviewOpinion | None:
    """Add up answers by the log odds of their givers' skill; None where nobody decided.

    The best weights for independent voters of known skill (Nitzan and Paroush 1982).
    """
    decided = [vote for vote in votes if vote.answer != "unsure"]
    if not decided:
        return None
    yes = sum(vote.answer == "yes" for vote in decided)
    ratio = sum((1 if vote.answer == "yes" else -1) * _weight(vote.skill) for vote in decided)
    return ReviewOpinion(ratio, yes, len(decided) - yes)


def _weight(skill: float) -> float:
    return logit(min(MOST_SKILL, max(LEAST_SKILL, skill)))
