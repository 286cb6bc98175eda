"""Crowds of numbers: embeddings around one centre a label."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float64s = npt.NDArray[np.float64]
DIMENSIONS = 6


def crowd_of(seed: int, sizes: list[int]) -> tuple[Float64s, list[str]]:
    """Photos around one centre a label."""
    dice = np.random.default_rng(seed)
    centres = dice.standard_normal((len(sizes), DIMENSIONS)) * 2
    rows = [dice.standard_normal((size, DIMENSIONS)) + centres[i] for i, size in enumerate(sizes)]
    labels = [f"label {i}" for i, size in enumerate(sizes) for _ in range(size)]
    return np.concatenate(rows), labels
