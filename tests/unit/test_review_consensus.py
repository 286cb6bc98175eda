"""Rules of the consensus: who weighs how much, when a claim is decided, who is asked less."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_jobs.verify.agreement import review_consensus, review_rules
from spark_jobs.verify.agreement.probability import logit
from spark_jobs.verify.agreement.review_consensus import (
    CONTRIBUTOR,
    GOLD_LOG_ODDS,
    REVIEWER,
    SUREST_SKILL,
    Ballots,
    Consensus,
    Start,
)
from spark_jobs.verify.agreement.review_rules import SURE, AnswerTally, QuestionState
from webapp.reviews.desk import QUESTIONS_A_DAY, RESTING_QUESTIONS_A_DAY

Row = tuple[int, int, bool]
"""An answer: claim, reviewer, yes."""


def learned(
    rows: Sequence[Row], prior: Sequence[float], starts: Sequence[Start], direct: bool = True
) -> Consensus:
    made = np.array(rows, dtype=np.intp).reshape(-1, 3)
    return review_consensus.learn(
        Ballots(
            claims=made[:, 0],
            reviewers=made[:, 1],
            yes=made[:, 2] == 1,
            direct=np.full(len(made), direct),
            prior=np.array(prior, dtype=np.float64),
            right_shares=np.array([start.right_share for start in starts]),
            credits=np.array([start.answers for start in starts]),
        )
    )


ROWS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 4), st.booleans()), unique_by=lambda row: row[:2]
)


@given(ROWS, st.lists(st.floats(-3, 3), min_size=8, max_size=8))
def test_skills_are_shares_and_claims_without_an_answer_learn_nothing(
    rows: list[Row], prior: list[float]
) -> None:
    found = learned(rows, prior, [CONTRIBUTOR] * 5)
    for skills in (found.finds, found.refuses):
        assert ((skills > 0) & (skills < 1)).all()
    untouched = [claim for claim in range(8) if all(row[0] != claim for row in rows)]
    assert np.isfinite(found.log_ratios).all()
    assert not found.log_ratios[untouched].any()


@given(ROWS, st.lists(st.floats(-3, 3), min_size=8, max_size=8))
def test_the_order_of_the_answers_changes_nothing(rows: list[Row], prior: list[float]) -> None:
    one = learned(rows, prior, [CONTRIBUTOR] * 5)
    other = learned(rows[::-1], prior, [CONTRIBUTOR] * 5)
    np.testing.assert_allclose(one.log_ratios, other.log_ratios, atol=1e-9)


@given(ROWS)
def test_yes_and_no_are_treated_alike(rows: list[Row]) -> None:
    found = learned(rows, [0.0] * 8, [CONTRIBUTOR] * 5)
    turned = learned([(claim, who, not yes) for claim, who, yes in rows], [0.0] * 8,
                     [CONTRIBUTOR] * 5)  # fmt: skip
    np.testing.assert_allclose(found.log_ratios, -turned.log_ratios, atol=1e-9)


def test_a_contributor_weighs_less_than_a_reviewer_until_the_answers_say_more() -> None:
    ratios = learned([(0, 0, True), (1, 1, True)], [0.0, 0.0], [REVIEWER, CONTRIBUTOR]).log_ratios
    assert ratios[0] > 1.8 * ratios[1] > 0
    golds = [GOLD_LOG_ODDS, -GOLD_LOG_ODDS] * 15
    rows = [(claim, 0, claim % 2 == 0) for claim in range(30)]
    practised = learned([*rows, (30, 0, True)], [*golds, 0.0], [CONTRIBUTOR])
    assert practised.log_ratios[30] > ratios[0]


def test_open_answers_of_who_fails_at_gold_weigh_less() -> None:
    golds = [GOLD_LOG_ODDS, -GOLD_LOG_ODDS] * 6
    failed = [(claim, 0, claim % 2 == 1) for claim in range(8)]
    before = learned([(12, 0, True)], [*golds, 0.0], [REVIEWER]).log_ratios[12]
    after = learned([*failed, (12, 0, True)], [*golds, 0.0], [REVIEWER]).log_ratios[12]
    assert 0 <= after < before / 5


def test_who_always_says_yes_or_lies_weighs_nothing() -> None:
    golds = [GOLD_LOG_ODDS, -GOLD_LOG_ODDS] * 20
    parrot = [(claim, 0, True) for claim in range(40)]
    liar = [(claim, 1, claim % 2 == 1) for claim in range(40)]
    rows = [*parrot, *liar, (40, 0, True), (41, 1, True), (42, 1, False)]
    found = learned(rows, [*golds, 0.0, 0.0, 0.0], [CONTRIBUTOR] * 2).log_ratios
    assert abs(found[40]) < 0.35
    assert (found[41], found[42]) == (0, 0)


def test_nobody_decides_alone_and_two_of_the_best_do() -> None:
    best = logit(SUREST_SKILL)
    assert 1 / (1 + np.exp(-best)) < SURE < 1 / (1 + np.exp(-2 * best))


def test_an_answer_to_a_related_label_counts_and_teaches_nothing() -> None:
    own = learned([(0, 0, True)], [3.0], [CONTRIBUTOR])
    related = learned([(0, 0, True)], [3.0], [CONTRIBUTOR], direct=False)
    assert related.log_ratios[0] > 0
    assert related.finds[0] == CONTRIBUTOR.right_share != own.finds[0]


def test_many_good_people_overrule_a_gold_answer() -> None:
    rows = [(0, who, False) for who in range(4)]
    assert GOLD_LOG_ODDS + learned(rows, [GOLD_LOG_ODDS], [REVIEWER] * 4).log_ratios[0] < 0


@pytest.mark.parametrize(
    ("probability", "tally", "expected"),
    [
        (0.99, AnswerTally(), QuestionState.OPEN),
        (0.99, AnswerTally(yes=1), QuestionState.AGREED),
        (0.01, AnswerTally(no=2), QuestionState.AGREED),
        (0.96, AnswerTally(yes=2), QuestionState.OPEN),
        (0.5, AnswerTally(unsure=3), QuestionState.OPEN),
        (0.5, AnswerTally(1, 1, 4), QuestionState.UNSURE),
        (0.5, AnswerTally(4, 4, 1), QuestionState.DISPUTED),
        (0.97, AnswerTally(7, 2, 4), QuestionState.AGREED),
    ],
)
def test_a_claim_is_asked_until_it_is_decided_or_given_up(
    probability: float, tally: AnswerTally, expected: QuestionState
) -> None:
    assert review_rules.asking(probability, tally) is expected


@pytest.mark.parametrize(
    ("skill", "judged", "rests"),
    [(0.5, 7, False), (0.5, 8, True), (0.75, 8, True), (0.9, 100, False), (0.8, 100, True)],
)
def test_who_is_often_wrong_is_asked_less(skill: float, judged: int, rests: bool) -> None:
    assert review_rules.is_resting(skill, judged, 8.0) is rests
    assert 0 < RESTING_QUESTIONS_A_DAY < QUESTIONS_A_DAY
