"""A job that fails is left alone for longer and longer, and the ranges of ids leave no gap."""

from __future__ import annotations

from itertools import pairwise

import pytest

from spark_jobs.frames import AFTER_EVERY_ID, id_ranges
from spark_jobs.watch import LONGEST_WAIT_SECONDS, Backoff


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_each_failure_doubles_the_wait_up_to_a_minute() -> None:
    clock = Clock()
    backoff = Backoff(clock)
    waits = [backoff.failed("cluster") for _ in range(9)]
    assert waits == [1, 2, 4, 8, 16, 32, *[LONGEST_WAIT_SECONDS] * 3]
    assert not backoff.allows("cluster")
    assert backoff.allows("organise")
    clock.now += LONGEST_WAIT_SECONDS
    assert backoff.allows("cluster")


def test_one_success_forgets_all_failures() -> None:
    backoff = Backoff(Clock())
    for _ in range(5):
        backoff.failed("cluster")
    backoff.worked("cluster")
    assert backoff.allows("cluster")
    assert backoff.failed("cluster") == 1


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 16, 1000])
def test_ranges_of_ids_touch_and_hold_every_id(parts: int) -> None:
    ranges = id_ranges(parts)
    assert len(ranges) == parts
    assert ranges[0].first == "0" * 16
    assert ranges[-1].stop == AFTER_EVERY_ID > "f" * 16
    for piece, following in pairwise(ranges):
        assert piece.first < piece.stop == following.first
