"""Fingerprints as tests compare them; the job leaves that to the catalogue."""

from __future__ import annotations


def distance_bits(left: int, right: int) -> int:
    """Count the bits in which two fingerprints differ; signed 64-bit integers are welcome."""
    return ((left ^ right) & (1 << 64) - 1).bit_count()
