"""How right a model is on photos that it was not trained on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

WORST_MISTAKES = 24

Float32s = npt.NDArray[np.float32]
Classes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LabelScore:
    """One label: how many held-out photos it has, and how right the model is about it.

    Precision is None where the model never says the label, recall where no photo shows it.
    """

    mid: str
    name: str
    photos: int
    precision: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class Mistake:
    """A held-out photo that the model names wrongly, and how sure of it it is."""

    image_id: str
    said: str
    shows: str
    probability: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A model on a held-out split; `confusion[i][j]` photos of label i were called label j."""

    split: str
    photos: int
    accuracy: float
    top_5: float
    labels: tuple[LabelScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    mistakes: tuple[Mistake, ...]

    def as_json(self) -> dict[str, Any]:
        """The evaluation for metrics.json."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class HeldOutPhotos:
    """The held-out photos: which they are and the class of each, N of both."""

    split: str
    image_ids: Sequence[str]
    classes: Classes


def softmax(logits: Float32s) -> Float32s:
    """Logits, N x classes, as probabilities."""
    raised = np.exp(logits - logits.max(1, keepdims=True))
    answer: Float32s = raised / raised.sum(1, keepdims=True)
    return answer


def evaluate(
    held_out: HeldOutPhotos, probabilities: Float32s, mids: Sequence[str], names: Sequence[str]
) -> Evaluation:
    """Measure what a model says, N x classes, of N held-out photos; N is at least 1."""
    predicted = probabilities.argmax(1)
    truth = held_out.classes
    confusion = np.zeros((len(mids), len(mids)), np.int64)
    np.add.at(confusion, (truth, predicted), 1)
    first_five = np.argsort(-probabilities, axis=1, kind="stable")[:, :5]
    return Evaluation(
        split=held_out.split,
        photos=len(truth),
        accuracy=float((predicted == truth).mean()),
        top_5=float((first_five == truth[:, None]).any(1).mean()),
        labels=tuple(_score(n, confusion, mids[n], names[n]) for n in range(len(mids))),
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
        mistakes=_mistakes(held_out, probabilities, names),
    )


def agreement(one: Float32s, other: Float32s) -> float:
    """Share of photos for which two models say the same label first."""
    return float((one.argmax(1) == other.argmax(1)).mean())


def _score(number: int, confusion: Classes, mid: str, name: str) -> LabelScore:
    right, shown = int(confusion[number, number]), int(confusion[number].sum())
    called = int(confusion[:, number].sum())
    return LabelScore(
        mid, name, shown, right / called if called else None, right / shown if shown else None
    )


def _mistakes(
    held_out: HeldOutPhotos, probabilities: Float32s, names: Sequence[str]
) -> tuple[Mistake, ...]:
    predicted, sure = probabilities.argmax(1), probabilities.max(1)
    wrong = np.flatnonzero(predicted != held_out.classes)
    worst = wrong[np.argsort(-sure[wrong], kind="stable")][:WORST_MISTAKES]
    return tuple(
        Mistake(
            held_out.image_ids[at],
            names[predicted[at]],
            names[held_out.classes[at]],
            round(float(sure[at]), 4),
        )
        for at in worst
    )
