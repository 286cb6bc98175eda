"""When people's answers to a claim are enough, and who is asked less for a while. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

SURE = 0.965
"""A claim that people were asked about is decided from this probability on, either way: one answer
more would cost more than the error that it may find (Wald 1945, the sequential test)."""

MOST_ANSWERS = 9
MOST_UNSURE = 4
"""A claim that so many people, or so many unsure ones, have not decided is asked no more."""

FEWEST_JUDGED = 8
LEAST_WORTH = 0.85
DOUBT_OF_SKILL = 0.5
"""Whoever is right less often than LEAST_WORTH, by so many standard errors and after so many
answers, is asked less: an answer of 70 % is worth a fifth of one of 90 %."""


class QuestionState(StrEnum):
    """Whether people are still asked about a claim, or why not."""

    OPEN = "open"
    AGREED = "agreed"
    UNSURE = "unsure"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class AnswerTally:
    """How many people said what of one claim."""

    yes: int = 0
    no: int = 0
    unsure: int = 0

    @property
    def answers(self) -> int:
        """All of them."""
        return self.yes + self.no + self.unsure


def asking(probability: float, tally: AnswerTally) -> QuestionState:
    """Say whether one more answer is wanted, from the probability that the claim is right."""
    if tally.yes + tally.no and max(probability, 1 - probability) >= SURE:
        return QuestionState.AGREED
    if tally.unsure >= MOST_UNSURE:
        return QuestionState.UNSURE
    return QuestionState.DISPUTED if tally.answers >= MOST_ANSWERS else QuestionState.OPEN


def is_resting(skill: float, judged: int, credit: float) -> bool:
    """True for a reviewer of this skill, from so many answers and so many that were credited."""
    error = sqrt(skill * (1 - skill) / (judged + credit))
    return judged >= FEWEST_JUDGED and skill + DOUBT_OF_SKILL * error < LEAST_WORTH
