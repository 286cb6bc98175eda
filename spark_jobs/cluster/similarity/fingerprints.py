"""Multi-index search over 64-bit fingerprints: which index keys may hold a near fingerprint.

A fingerprint is cut into four bands of 16 bits. If two fingerprints differ in at most 7 bits, at
least one band differs in at most 1 bit, so looking up 17 keys in each of four indexes misses none
(Norouzi, Punjani and Fleet, "Fast search in Hamming space with multi-index hashing", 2012).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

BITS = 64
BANDS = 4
BAND_BITS = BITS // BANDS
MAX_DISTANCE_BITS = 2 * BANDS - 1

ODD_ACROSS = 0x5555_5555_5555_5555
"""The bits of frequencies that change their sign when a photo is mirrored."""

ODD_DOWN = 0x00FF_00FF_00FF_00FF
"""The bits of frequencies that change their sign when a photo is turned head over heels."""


def turned(fingerprint: int) -> list[int]:
    """About the fingerprints of the photo in its eight orientations, its own first.

    A few bits near the median may differ.
    """
    return [
        way ^ across ^ down
        for way in (fingerprint, _transposed(fingerprint))
        for across in (0, ODD_ACROSS)
        for down in (0, ODD_DOWN)
    ]


def _transposed(fingerprint: int) -> int:
    """Rows of frequencies become columns."""
    bits = np.unpackbits(np.frombuffer(fingerprint.to_bytes(8, "big", signed=True), np.uint8))
    swapped = np.packbits(bits.reshape(8, 8).T)
    return int.from_bytes(swapped.tobytes(), "big", signed=True)


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
