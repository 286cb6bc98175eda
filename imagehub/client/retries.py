"""When to try again: back-off that doubles, with full jitter, within the server's Retry-After."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from imagehub.backoff import backoff_seconds


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often to try, and how long to wait in between.

    Waits grow from `first_seconds` to `longest_seconds`, which also bounds a server's Retry-After.
    """

    attempts: int = 8
    first_seconds: float = 0.25
    longest_seconds: float = 20.0
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def pause(self, attempt: int, retry_after: str | None = None) -> None:
        """Wait before the try after `attempt` (0 is the first).

        The wait is a random share of the doubled back-off; never less than Retry-After asks for.
        """
        backoff = backoff_seconds(attempt + 1, self.first_seconds, self.longest_seconds)
        asked = min(self.longest_seconds, seconds_of(retry_after))
        self.sleep(asked + self.chance() * backoff)


def seconds_of(retry_after: str | None) -> float:
    """Read a Retry-After header, seconds or a date; 0 for none and for nonsense."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
