"""Scores of what was found against what is so. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

Float64s = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one comparison; a share of nothing is 1, because nothing was wrong in it."""

    hits: int
    false_alarms: int
    misses: int

    @property
    def precision(self) -> float:
        """The share of what was found that is true."""
        return _share(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> float:
        """The share of what is true that was found."""
        return _share(self.hits, self.hits + self.misses)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return _share(2 * self.hits, 2 * self.hits + self.false_alarms + self.misses)


def score(found: Set[object], true: Set[object]) -> Score:
    """Compare two sets."""
    return Score(len(found & true), len(found - true), len(true - found))


def average_precision(is_true: Flags, suspicion: Float64s) -> float:
    """Area under precision over recall, ranking by suspicion, the most suspicious first.

    Equal suspicions are one step, so their order says nothing. 1.0 where nothing is true.
    """
    if not is_true.any():
        return 1.0
    order = np.argsort(-suspicion, kind="stable")
    steps = np.flatnonzero(np.append(np.diff(suspicion[order]) != 0, True))
    hits = np.cumsum(is_true[order])[steps]
    gained = np.diff(hits, prepend=0)
    return float(np.sum(gained / hits[-1] * hits / (steps + 1)))


@dataclass(frozen=True, slots=True)
class Bin:
    """Images with about one probability: the mean given, and the share that is right."""

    given: float
    right: float
    images: int


def reliability(probabilities: Float64s, is_right: Flags, bins: int = 10) -> list[Bin]:
    """Sort by probability and cut into bins of equally many, at most one apart."""
    order = np.argsort(probabilities, kind="stable")
    return [
        Bin(float(probabilities[part].mean()), float(is_right[part].mean()), len(part))
        for part in np.array_split(order, bins)
        if len(part)
    ]


def calibration_error(found: Collection[Bin]) -> float:
    """The mean distance between given and right over the bins, each by its images."""
    images = sum(bucket.images for bucket in found)
    return sum(bucket.images * abs(bucket.given - bucket.right) for bucket in found) / images


def pairs_within(groups: Iterable[Collection[str]]) -> set[Pair]:
    """All unordered pairs of two members of one group."""
    return {pair for group in groups for pair in combinations(sorted(set(group)), 2)}


def groups_by(keys: Mapping[str, str]) -> list[list[str]]:
    """The names that share a key."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name, key in keys.items():
        groups[key].append(name)
    return list(groups.values())


def sources(originals: Mapping[str, str]) -> dict[str, str]:
    """Follow name -> what it repeats (empty: nothing) to the end of the chain."""

    def source(name: str) -> str:
        while originals.get(name):
            name = originals[name]
        return name

    return {name: source(name) for name in originals}


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
