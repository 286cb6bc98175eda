"""Which split a duplicate group belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from imagehub.subsets import Assignment

Splits = tuple[tuple[str, float], ...]
"""Name and share of each split; the shares add up to 1."""


def split_of(group: str, splits: Splits) -> str:
    """Draw a group's split by lot, the same one in every subset and for ever.

    The catalogue's function `split_lot` draws the same lot, to 48 bits.
    """
    lot = int.from_bytes(hashlib.sha256(f"split of {group}".encode()).digest()[:8]) / 2**64
    total = 0.0
    ordered = sorted(splits)
    for name, share in ordered:
        total += share
        if lot < total:
            return name
    return max(ordered, key=lambda split: split[1])[0]


def first_splits(history: Iterable[Assignment]) -> Mapping[str, str]:
    """The split that each group had first; where two groups became one, the older one's."""
    ordered = sorted(history, key=lambda past: (past.release_number, past.image_id))
    first: dict[str, str] = {}
    for past in ordered:
        first.setdefault(past.group, past.split)
    return first
