"""A crowd of reviewers of whom a fifth collude decides rightly, and with few answers."""

from __future__ import annotations

import pytest

from tests.reviewing_crowd import Ploy, Setting, simulate, worst

FEWEST_RIGHT_SHARE = 0.98
MOST_REVIEWS = 3.0


@pytest.mark.parametrize("ploy", [Ploy.PUSH, Ploy.FLIP, Ploy.LIE])
def test_a_crowd_with_colluders_decides_rightly_with_three_reviews_a_photo(ploy: Ploy) -> None:
    found = worst([simulate(Setting(seed, ploy)) for seed in (0, 1)])
    assert found.accuracy >= FEWEST_RIGHT_SHARE
    assert found.reviews_per_claim <= MOST_REVIEWS
    assert found.undecided_share <= 0.01


def test_the_same_seed_gives_the_same_crowd() -> None:
    setting = Setting(3, Ploy.PUSH, claims=200, people=20)
    assert simulate(setting) == simulate(setting)


def test_without_any_prior_the_crowd_is_as_right_for_more_answers() -> None:
    found = simulate(Setting(0, Ploy.PUSH, has_priors=False))
    assert found.accuracy >= FEWEST_RIGHT_SHARE
    assert found.reviews_per_claim <= 1.15 * MOST_REVIEWS
