"""One item that fails holds up no other of its run, and the run has failed."""

from __future__ import annotations

import pytest

from imagehub.errors import Unavailable
from spark_jobs.batch import whole_batch


def test_an_item_that_fails_holds_up_no_other_and_is_raised_at_the_end() -> None:
    done: list[float] = []
    with pytest.raises(ZeroDivisionError), whole_batch() as batch:
        done += batch.each([1, 0, 2, 0], lambda number: 1 / number)
        done += batch.each([4], lambda number: 1 / number)
    assert done == [1, 0.5, 0.25]


def test_a_part_that_is_down_ends_the_batch_at_its_first_item() -> None:
    tried: list[int] = []

    def act(number: int) -> None:
        tried.append(number)
        raise Unavailable("The catalogue cannot answer now.")

    with pytest.raises(Unavailable), whole_batch() as batch:
        batch.each([1, 2, 3], act)
    assert tried == [1]


def test_a_batch_without_failures_just_ends() -> None:
    with whole_batch() as batch:
        assert batch.each([1, 2], str) == ["1", "2"]
