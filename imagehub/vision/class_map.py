"""What the outputs of a class network mean, as labels."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

from imagehub.vision.network import Scores

LEAST_PROBABILITY = 0.01
MOST_LABELS = {Scores.SOFTMAX: 10, Scores.SIGMOID: 40}
"""So many of the likeliest labels are kept; many are true of one photo where each is for itself."""


@dataclass(frozen=True, slots=True)
class ClassMap:
    """Each output's most exact label, and what those labels are kinds of.

    `mids[i]` is None where output i has no label. `is_a` holds (child, parent) pairs that the
    label graph may lack: a Dalmatian is a dog even where the hub has no label Dalmatian.
    """

    mids: tuple[str | None, ...]
    is_a: frozenset[tuple[str, str]]
    scores: Scores = Scores.SOFTMAX

    def likeliest(self, probabilities: npt.NDArray[np.float32]) -> dict[str, float]:
        """Bring a row of output probabilities together by label; keep the likeliest, best first.

        Outputs of one label add up where one class is right, and the largest counts where each
        output is for itself.
        """
        found: dict[str, float] = {}
        most = MOST_LABELS[self.scores]
        for index in np.argsort(-probabilities, kind="stable"):
            probability = float(probabilities[index])
            if probability < LEAST_PROBABILITY or len(found) == most:
                break
            mid = self.mids[index]
            if mid is None:
                continue
            if self.scores is Scores.SOFTMAX:
                found[mid] = found.get(mid, 0.0) + probability
            else:
                found.setdefault(mid, probability)
        best_first = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return {mid: round(min(probability, 1.0), 4) for mid, probability in best_first}


@lru_cache(maxsize=8)
def load(name: str, outputs: int, scores: Scores = Scores.SOFTMAX) -> ClassMap:
    """Read a table with the columns class, mid, is_a: one of this package, or an absolute path."""
    return parse(read(name), outputs, scores)


def read(name: str) -> str:
    """The text of a table of this package, or of the file at an absolute path."""
    path = Path(name)
    return (path if path.is_absolute() else resources.files(__package__) / name).read_text("utf-8")


def parse(text: str, outputs: int, scores: Scores = Scores.SOFTMAX) -> ClassMap:
    """Read the table; lines that begin with # are remarks."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    mids: list[str | None] = [None] * outputs
    is_a = set()
    for row in csv.DictReader(lines):
        mids[int(row["class"])] = row["mid"] or row["is_a"] or None
        if row["mid"] and row["is_a"]:
            is_a.add((row["mid"], row["is_a"]))
    return ClassMap(tuple(mids), frozenset(is_a), scores)


def table_of(labels: Iterable[str | None]) -> str:
    """Write the labels of outputs 0, 1, 2 … as such a table."""
    rows = [f"{number},{mid},\n" for number, mid in enumerate(labels) if mid]
    return "".join(["class,mid,is_a\n", *rows])


def without_background(text: str) -> str:
    """The table of a network with outputs 1 … as that of one without the background output 0."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = (line.partition(",") for line in lines[1:])
    return "".join([f"{lines[0]}\n", *(f"{int(number) - 1},{rest}\n" for number, _, rest in rows)])
