"""Examples of a Hypothesis strategy, drawn from a seed without a test around them."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeVar

import hypothesis
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy

Drawn = TypeVar("Drawn")

QUIETLY = hypothesis.settings(
    database=None,
    deadline=None,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
    verbosity=hypothesis.Verbosity.quiet,
)


def draw(strategy: SearchStrategy[Drawn], count: int, seed: int) -> list[Drawn]:
    """Up to `count` of them, fewer where there are no more; the same for the same seed."""
    found: list[Drawn] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(QUIETLY, max_examples=count)
    @hypothesis.given(strategy)
    def keep(drawn: Drawn) -> None:
        found.append(drawn)

    with suppress(Unsatisfiable):
        keep()
    return found[:count]
