"""One item that fails holds up no other of its run, and the run has failed."""

from __future__ import annotations

import pytest

from spark_jobs.batch import whole_batch


def test_an_item_that_fails_holds_up_no_other_and_is_raised_at_the_end() -> None:
    done: list[float] = []
    with pytest.raises(ZeroDivisionError), whole_batch() as batch:
        done += batch.each([1, 0, 2, 0], lambda number: 1 / number)
        done += batch.each([4], lambda number: 1 / number)
    assert done == [1, 0.5, 0.25]


def test_a_batch_without_failures_just_ends() -> None:
    with whole_batch() as batch:
        assert batch.each([1, 2], str) == ["1", "2"]
