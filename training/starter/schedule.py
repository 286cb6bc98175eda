"""How training goes with its progress, which is a share of its time or of its steps. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Budget:
    """When training ends: after `minutes` in all, or after `steps`."""

    minutes: float | None = None
    steps: int | None = None

    def progress(self, elapsed_seconds: float, steps: int) -> float:
        """Share of the budget that is spent, 0 to 1."""
        shares = [0.0]
        if self.minutes is not None:
            shares.append(elapsed_seconds / (60 * self.minutes))
        if self.steps is not None:
            shares.append(steps / self.steps)
        return min(1.0, max(shares))


@dataclass(frozen=True, slots=True)
class TrainingSchedule:
    """The numbers of a training.

    `sides` are (progress from which on, pixels): small pictures first, they are cheap (progressive
    resizing). The rate warms up over `warm_steps` and falls along half a cosine (Loshchilov and
    Hutter 2017). `averaged` is how much of the averaged weights stays at each step.
    """

    batch: int = 128
    peak_rate: float = 3e-3
    warm_steps: int = 200
    weight_decay: float = 0.02
    averaged: float = 0.998
    sides: tuple[tuple[float, int], ...] = ((0.0, 64), (0.35, 80), (0.8, 96))
    feature_weight: float = 3.0
    answer_weight: float = 0.5
    class_weight: float = 0.5

    def rate(self, progress: float, step: int) -> float:
        """Learning rate."""
        warm = min(1.0, (step + 1) / self.warm_steps)
        return self.peak_rate * warm * (0.005 + 0.995 * 0.5 * (1 + math.cos(math.pi * progress)))

    def side_pixels(self, progress: float) -> int:
        """Side of the pictures shown."""
        return [side for begin, side in self.sides if begin <= progress][-1]


def batch_indices(lessons: int, batch: int, step: int, seed: int) -> npt.NDArray[np.int64]:
    """Which of so many lessons step number `step` shows: each once an epoch, in a new order."""
    per_epoch = max(1, lessons // batch)
    epoch, at = divmod(step, per_epoch)
    order = np.random.default_rng((seed, epoch)).permutation(lessons)
    return order[at * batch : (at + 1) * batch]
