"""A 64-bit perceptual hash: alike photos have alike fingerprints.

The photo's lowest frequencies, each bit saying whether one of them is above their median (Zauner,
"Implementation and Benchmarking of Perceptual Image Hash Functions", 2010). Anybody can make two
different photos with one fingerprint: it may propose a duplicate, never decide one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imagehub.photo.resizing import resize

_SIDE = 32
_FREQUENCIES = 8


def _cosines() -> NDArray[np.float64]:
    """The first rows of the orthonormal DCT-II matrix: 8 x 32."""
    frequency = np.arange(_FREQUENCIES)[:, None]
    sample = np.arange(_SIDE)[None, :]
    rows = np.cos(np.pi * frequency * (2 * sample + 1) / (2 * _SIDE)) * np.sqrt(2 / _SIDE)
    rows[0] /= np.sqrt(2)
    return np.asarray(rows, dtype=np.float64)


_COSINES = _cosines()


def fingerprint(pixels: NDArray[np.uint8]) -> int:
    """The fingerprint of H x W x 3 pixels, as a signed 64-bit integer.

    The first bit (the mean) says least; coefficients are rounded so that a plain area gives zeros.
    """
    small = Image.fromarray(resize(pixels, _SIDE, _SIDE)).convert("L")
    spectrum = np.rint(_COSINES @ np.asarray(small, dtype=np.float64) @ _COSINES.T).ravel()
    bits = np.packbits(spectrum > np.median(spectrum))
    return int.from_bytes(bits.tobytes(), "big", signed=True)
