"""Numbers that make each made thing its own."""

from __future__ import annotations

import itertools

_numbers = itertools.count(1)


def next_number() -> int:
    """The next number of this test session."""
    return next(_numbers)
