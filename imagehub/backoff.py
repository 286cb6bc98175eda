"""How long to wait before something that failed is tried again."""

from __future__ import annotations

MOST_DOUBLINGS = 30


def backoff_seconds(failures: int, first_seconds: float, longest_seconds: float) -> float:
    """The wait after the nth failure in a row: twice as long each time, up to the longest."""
    return min(longest_seconds, first_seconds * 2.0 ** min(failures - 1, MOST_DOUBLINGS))
