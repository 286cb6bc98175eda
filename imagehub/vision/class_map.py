"""What the outputs of a class network mean, as labels."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

LEAST_PROBABILITY = 0.01
MOST_LABELS = 10


@dataclass(frozen=True, slots=True)
class ClassMap:
    """Each output's most exact label, and what those labels are kinds of.

    `mids[i]` is None where output i has no label. `is_a` holds (child, parent) pairs that the
    label graph may lack: a Dalmatian is a dog even where the hub has no label Dalmatian.
    """

    mids: tuple[str | None, ...]
    is_a: frozenset[tuple[str, str]]

    def likeliest(self, probabilities: npt.NDArray[np.float32]) -> dict[str, float]:
        """Sum a row of output probabilities by label; keep the likeliest labels, best first."""
        sums: dict[str, float] = {}
        for index in np.argsort(-probabilities, kind="stable"):
            probability = float(probabilities[index])
            if probability < LEAST_PROBABILITY or len(sums) == MOST_LABELS:
                break
            mid = self.mids[index]
            if mid is not None:
                sums[mid] = sums.get(mid, 0.0) + probability
        best_first = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
        return {mid: round(min(probability, 1.0), 4) for mid, probability in best_first}


@lru_cache(maxsize=4)
def load(name: str, outputs: int) -> ClassMap:
    """Read a table of this package: columns class, mid, is_a."""
    text = (resources.files(__package__) / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    mids: list[str | None] = [None] * outputs
    is_a = set()
    for row in csv.DictReader(lines):
        mids[int(row["class"])] = row["mid"] or row["is_a"] or None
        if row["mid"] and row["is_a"]:
            is_a.add((row["mid"], row["is_a"]))
    return ClassMap(tuple(mids), frozenset(is_a))
