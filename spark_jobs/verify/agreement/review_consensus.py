"""Who of the reviewers is right how often, and what their answers say together. Pure.

Every reviewer finds the right photos with one probability and the wrong ones with another, both
learned together with the claims: the claims' probabilities make the skills, the skills the claims'
probabilities, round after round (Dawid and Skene 1979, two answers; with what else is known of a
claim as its prior, Raykar et al. 2010). Answers then add up by the log odds of their givers' skill
(Nitzan and Paroush 1982). Everything is counted anew from all answers, so nothing can drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Float64s: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.intp]
Booleans: TypeAlias = NDArray[np.bool_]

ROUNDS = 40
SETTLED_CHANGE = 1e-4
"""Learning ends when no skill moves more than this in a round."""

SUREST_SKILL = 0.96
"""No answer weighs more than this skill's: less than SURE needs, so no single answer decides."""

GOLD_LOG_ODDS = 5.0
"""How sure a gold answer is: about 150 to 1, so that many good people can still overrule one."""


@dataclass(frozen=True, slots=True)
class Start:
    """A reviewer's prior: a number of answers, and the share of them that is right."""

    right_share: float
    answers: float


REVIEWER, CONTRIBUTOR = Start(0.9, 10.0), Start(0.75, 8.0)
"""Somebody whom an admin made a reviewer, and anybody else: the second weighs a third as much until
his answers say more."""


@dataclass(frozen=True, slots=True, eq=False)
class Ballots:
    """V answers of R reviewers to C claims, by their numbers.

    `yes` is what was answered; `direct` is false for an answer to a related label, which counts for
    the claim but says nothing new of its giver. `prior` (C) are log odds from other evidence.
    `right_shares` and `credits` (R) are the reviewers' starts.
    """

    claims: Numbers
    reviewers: Numbers
    yes: Booleans
    direct: Booleans
    prior: Float64s
    right_shares: Float64s
    credits: Float64s


@dataclass(frozen=True, slots=True, eq=False)
class Consensus:
    """What was learned: log likelihood ratios of the claims (C), and skills.

    `finds` (R) is how often a reviewer says yes to right claims, `refuses` (R) how often no to
    wrong ones.
    """

    log_ratios: Float64s
    finds: Float64s
    refuses: Float64s

    def skills(self) -> Float64s:
        """How often each reviewer (R) is right where right and wrong claims are equally many."""
        return (self.finds + self.refuses) / 2


def learn(ballots: Ballots) -> Consensus:
    """Learn skills and claims from all answers together."""
    finds, refuses = ballots.right_shares.copy(), ballots.right_shares.copy()
    for _ in range(ROUNDS):
        before = np.concatenate((finds, refuses))
        ratios = _ratios(ballots, finds, refuses)
        right = 1 / (1 + np.exp(-(ballots.prior + ratios)))
        finds = _skill(ballots, right, ballots.yes)
        refuses = _skill(ballots, 1 - right, ~ballots.yes)
        if np.abs(np.concatenate((finds, refuses)) - before).max(initial=0.0) < SETTLED_CHANGE:
            break
    return Consensus(_ratios(ballots, finds, refuses), finds, refuses)


def weights(finds: Float64s, refuses: Float64s) -> tuple[Float64s, Float64s]:
    """Log likelihood ratios of each reviewer's yes (0 or more) and no (0 or less).

    Who is wrong more often than right weighs nothing: an account that lies on purpose would
    otherwise decide by lying.
    """
    least = 1 - SUREST_SKILL
    finds, refuses = np.clip(finds, least, SUREST_SKILL), np.clip(refuses, least, SUREST_SKILL)
    yes = np.maximum(0.0, np.log(finds / (1 - refuses)))
    no = np.minimum(0.0, np.log((1 - finds) / refuses))
    return yes, no


def _ratios(ballots: Ballots, finds: Float64s, refuses: Float64s) -> Float64s:
    yes, no = weights(finds, refuses)
    spoken = np.where(ballots.yes, yes[ballots.reviewers], no[ballots.reviewers])
    return np.bincount(ballots.claims, spoken, len(ballots.prior)).astype(np.float64)


def _skill(ballots: Ballots, true_share: Float64s, hits: Booleans) -> Float64s:
    """The share of hits among claims of one truth, by expectation, with each reviewer's credit."""
    size = len(ballots.credits)
    expected = true_share[ballots.claims] * ballots.direct
    met = np.bincount(ballots.reviewers, expected, size)
    hit = np.bincount(ballots.reviewers, expected * hits, size)
    credit = ballots.credits / 2
    return (hit + credit * ballots.right_shares) / (met + credit)
