"""Multi-index search over 64-bit fingerprints: which index keys may hold a near fingerprint.

A fingerprint is cut into four bands of 16 bits. If two fingerprints differ in at most 7 bits, at
least one band differs in at most 1 bit, so looking up 17 keys in each of four indexes misses none
(Norouzi, Punjani and Fleet, "Fast search in Hamming space with multi-index hashing", 2012).
"""

from __future__ import annotations

from collections.abc import Iterable

BITS = 64
BANDS = 4
BAND_BITS = BITS // BANDS
MAX_DISTANCE_BITS = 2 * BANDS - 1

ODD_ACROSS = 0x5555_5555_5555_5555
"""The bits of frequencies that change their sign when a photo is mirrored."""


def mirrored(fingerprint: int) -> int:
    """About the fingerprint that the mirrored photo has: a few bits near the median may differ."""
    return fingerprint ^ ODD_ACROSS


def bands(fingerprint: int) -> tuple[int, ...]:
    """Cut a fingerprint into its bands, the highest bits first."""
    return tuple(
        fingerprint >> shift & (1 << BAND_BITS) - 1
        for shift in range(BITS - BAND_BITS, -1, -BAND_BITS)
    )


def probes(fingerprint: int) -> tuple[list[int], ...]:
    """For each band the keys to look up: the band itself and all that differ in one bit."""
    return tuple(
        [band, *(band ^ 1 << bit for bit in range(BAND_BITS))] for band in bands(fingerprint)
    )


def probes_of_all(fingerprints: Iterable[int]) -> tuple[list[int], ...]:
    """For each band the keys to look up for any of these fingerprints."""
    return tuple(
        sorted({key for keys in band for key in keys})
        for band in zip(*map(probes, fingerprints), strict=True)
    )
