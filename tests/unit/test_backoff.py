"""Waits double, and end at the longest."""

from __future__ import annotations

from imagehub.backoff import backoff_seconds


def test_a_wait_doubles_with_each_failure_up_to_the_longest_after_however_many() -> None:
    waits = [backoff_seconds(failures, 0.25, 3.0) for failures in (1, 2, 3, 4, 5, 6, 100_000)]
    assert waits == [0.25, 0.5, 1.0, 2.0, 3.0, 3.0, 3.0]
