"""The temperature that makes a classifier's probabilities honest. Pure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float32s = npt.NDArray[np.float32]

COOLEST, HOTTEST = 0.25, 8.0
STEPS = 60


def choose_temperature(logits: Float32s, classes: npt.NDArray[np.int64]) -> float:
    """The temperature at which N photos' own classes are likeliest (Guo et al. 2017).

    The loss has one minimum in the logarithm of the temperature: it is found by golden sections.
    """
    low, high = np.log(COOLEST), np.log(HOTTEST)
    golden = (np.sqrt(5) - 1) / 2
    for _ in range(STEPS):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if loss(logits / np.exp(left), classes) < loss(logits / np.exp(right), classes):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def loss(logits: npt.NDArray[np.floating], classes: npt.NDArray[np.int64]) -> float:
    """Mean cross-entropy of N x CLASSES logits in nats."""
    rows = logits - logits.max(axis=1, keepdims=True)
    own = rows[np.arange(len(rows)), classes]
    return float(np.mean(np.log(np.exp(rows).sum(axis=1)) - own))
