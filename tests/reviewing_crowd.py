"""A simulated crowd of reviewers at the desk: skills from 0.55 to 0.99, a fifth of them colluding.

The desk is the real one's rules: who is asked, what is asked first, hidden gold, when a claim is
decided. Colluders know the truth, and each other: `PUSH` says yes to the wrong ones of a tenth of
the claims and is honest elsewhere, `FLIP` lies about that tenth, `LIE` about everything, `PARROT`
says yes to everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from imagehub.catalogue.reviews.review_questions import GOLD_SHARE
from spark_jobs.verify.agreement import review_consensus, review_rules
from spark_jobs.verify.agreement.review_consensus import CONTRIBUTOR, GOLD_LOG_ODDS, Ballots
from spark_jobs.verify.agreement.review_rules import AnswerTally, QuestionState
from webapp.reviews.desk import QUESTIONS_A_DAY, RESTING_QUESTIONS_A_DAY

GOLDS = 200
LEARNED_EVERY = 100
MOST_DAYS = 100
LIKELIEST = 20
"""Of so many most useful claims one is asked at random, so that nobody chooses."""


class Ploy(StrEnum):
    """What colluders agree on."""

    PUSH = "push"
    FLIP = "flip"
    LIE = "lie"
    PARROT = "parrot"


@dataclass(frozen=True)
class Setting:
    """One simulation; `has_priors` gives the desk honest probabilities (0.05 to 2/3), else 1/2."""

    seed: int
    ploy: Ploy
    has_priors: bool = True
    claims: int = 2000
    people: int = 50
    colluding_share: float = 0.2
    target_share: float = 0.1
    unsure_share: float = 0.04
    gold_share: float = GOLD_SHARE
    answers_a_day: int = 40


@dataclass(frozen=True)
class Figures:
    """What came of it; undecided claims count as wrong where the likelier answer is wrong.

    `answers_per_claim` counts the gold questions too.
    """

    accuracy: float
    reviews_per_claim: float
    answers_per_claim: float
    undecided_share: float
    wrong_target_share: float


@dataclass
class Crowd:
    """The people, the claims, and what was answered so far; gold claims come behind the others."""

    setting: Setting
    rng: np.random.Generator = field(init=False)
    rows: list[tuple[int, int, bool]] = field(default_factory=list)
    gold_answers: int = 0

    def __post_init__(self) -> None:
        made, size = self.setting, self.setting.claims
        self.rng = np.random.default_rng(made.seed)
        self.skills = self.rng.uniform(0.55, 0.99, made.people)
        self.colludes = np.arange(made.people) < made.colluding_share * made.people
        believed = self.rng.uniform(0.05, 2 / 3, size) if made.has_priors else np.full(size, 0.5)
        self.truth = self.rng.random(size + GOLDS) < np.append(believed, np.full(GOLDS, 0.5))
        self.targets = self.rng.random(size + GOLDS) < made.target_share
        self.targets[size:] = False
        gold = np.where(self.truth[size:], GOLD_LOG_ODDS, -GOLD_LOG_ODDS)
        self.prior = np.append(np.log(believed / (1 - believed)), gold)
        self.log_odds = self.prior[:size].copy()
        self.tallies = [AnswerTally()] * size
        self.is_open = np.ones(size, dtype=np.bool_)
        self.met: list[set[int]] = [set() for _ in range(made.people)]
        self.judged = np.zeros(made.people, dtype=np.intp)
        self.learn()

    def learn(self) -> None:
        """Count everything anew."""
        size = self.setting.people
        rows = np.array(self.rows, dtype=np.intp).reshape(-1, 3)
        found = review_consensus.learn(
            Ballots(
                claims=rows[:, 0],
                reviewers=rows[:, 1],
                yes=rows[:, 2] == 1,
                direct=np.ones(len(rows), dtype=np.bool_),
                prior=self.prior,
                right_shares=np.full(size, CONTRIBUTOR.right_share),
                credits=np.full(size, CONTRIBUTOR.answers),
            )
        )
        self.worth = found.skills()
        self.weights = review_consensus.weights(found.finds, found.refuses)
        self.log_odds = (self.prior + found.log_ratios)[: self.setting.claims]
        for claim in range(self.setting.claims):
            self._close(claim)

    def day(self) -> None:
        """Everybody comes to the desk as often as they like and may, in mixed order."""
        turns = np.repeat(np.arange(self.setting.people), self.setting.answers_a_day)
        asked = np.zeros(self.setting.people, dtype=np.intp)
        for person in self.rng.permutation(turns):
            if not self.is_open.any():
                return
            resting = review_rules.is_resting(
                float(self.worth[person]), int(self.judged[person]), CONTRIBUTOR.answers
            )
            if asked[person] >= (RESTING_QUESTIONS_A_DAY if resting else QUESTIONS_A_DAY):
                continue
            asked[person] += 1
            claim = self._question(person)
            if claim is not None:
                self._answer(person, claim)

    def figures(self) -> Figures:
        """How good the decisions are, and what they cost."""
        size = self.setting.claims
        wrong = (self.log_odds > 0) != self.truth[:size]
        reviews = sum(tally.answers for tally in self.tallies)
        undecided = [
            review_rules.asking(_probability(odds), tally) is not QuestionState.AGREED
            for odds, tally in zip(self.log_odds, self.tallies, strict=True)
        ]
        return Figures(
            accuracy=float(1 - wrong.mean()),
            reviews_per_claim=reviews / size,
            answers_per_claim=(reviews + self.gold_answers) / size,
            undecided_share=float(np.mean(undecided)),
            wrong_target_share=float(wrong[self.targets[:size]].mean()),
        )

    def _question(self, person: int) -> int | None:
        """A gold question now and then, else one of the most doubtful that this person can get."""
        size, met = self.setting.claims, self.met[person]
        if self.rng.random() < self.setting.gold_share:
            fresh = [claim for claim in range(size, size + GOLDS) if claim not in met]
            return int(self.rng.choice(fresh)) if fresh else None
        waiting = np.flatnonzero(self.is_open)
        doubtful = waiting[np.argsort(np.abs(self.log_odds[waiting]), kind="stable")]
        fresh = [int(claim) for claim in doubtful[: LIKELIEST + len(met)] if claim not in met]
        return int(self.rng.choice(fresh[:LIKELIEST])) if fresh else None

    def _answer(self, person: int, claim: int) -> None:
        self.met[person].add(claim)
        is_gold = claim >= self.setting.claims
        self.gold_answers += is_gold
        unsure = bool(self.rng.random() < self.setting.unsure_share)
        yes = not unsure and self._says_yes(person, claim)
        if not unsure:
            self.rows.append((claim, person, yes))
            self.judged[person] += 1
        if not is_gold:
            known = self.tallies[claim]
            self.tallies[claim] = AnswerTally(
                known.yes + yes, known.no + (not unsure and not yes), known.unsure + unsure
            )
            if not unsure:
                self.log_odds[claim] += self.weights[0 if yes else 1][person]
            self._close(claim)
        if not unsure and len(self.rows) % LEARNED_EVERY == 0:
            self.learn()

    def _says_yes(self, person: int, claim: int) -> bool:
        truth, ploy = bool(self.truth[claim]), self.setting.ploy
        honest = truth if self.rng.random() < self.skills[person] else not truth
        if not self.colludes[person]:
            return honest
        if ploy is Ploy.PARROT:
            return True
        if ploy is Ploy.LIE or (ploy is Ploy.FLIP and self.targets[claim]):
            return not truth
        return True if self.targets[claim] and not truth else honest

    def _close(self, claim: int) -> None:
        probability = _probability(float(self.log_odds[claim]))
        self.is_open[claim] = (
            review_rules.asking(probability, self.tallies[claim]) is QuestionState.OPEN
        )


def worst(figures: Sequence[Figures]) -> Figures:
    """The least of what should be high and the most of what should be low."""
    return Figures(
        accuracy=min(figure.accuracy for figure in figures),
        reviews_per_claim=max(figure.reviews_per_claim for figure in figures),
        answers_per_claim=max(figure.answers_per_claim for figure in figures),
        undecided_share=max(figure.undecided_share for figure in figures),
        wrong_target_share=max(figure.wrong_target_share for figure in figures),
    )


def simulate(setting: Setting) -> Figures:
    """Let the crowd review until every claim is decided or given up."""
    crowd = Crowd(setting)
    for _ in range(MOST_DAYS):
        if not crowd.is_open.any():
            break
        crowd.day()
        crowd.learn()
    return crowd.figures()


def _probability(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-log_odds)))
