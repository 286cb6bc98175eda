"""One photo that cannot be worked on is set apart; many are no fault of theirs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub.errors import Unavailable
from spark_jobs.apart import MOST_APART, whole_or_apart

FLAWED = -1


def halves(numbers: Sequence[int]) -> list[float]:
    if FLAWED in numbers:
        raise KeyError("flawed")
    return [number / 2 for number in numbers]


def nothing(_: int) -> None:
    return None


@given(st.lists(st.integers(0, 9)), st.integers(0, MOST_APART), st.randoms())
def test_the_others_are_worked_on_and_the_order_stays(
    sound: list[int], flawed: int, random: object
) -> None:
    items = sound + [FLAWED] * flawed
    random.shuffle(items)  # type: ignore[attr-defined] # Hypothesis names no type for it
    found = whole_or_apart(items, halves, nothing)
    assert found == [None if item == FLAWED else item / 2 for item in items]


def test_many_failures_are_raised() -> None:
    with pytest.raises(KeyError):
        whole_or_apart([FLAWED] * (MOST_APART + 1) + [4], halves, nothing)


def test_a_part_that_is_down_is_raised_at_once() -> None:
    def down(_: Sequence[int]) -> list[float]:
        raise Unavailable("The store cannot be reached.")

    with pytest.raises(Unavailable):
        whole_or_apart([1, 2], down, nothing)
