"""What the hub answers on training runs and models, as typed values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from imagehub.client.answers import Answer, LabelName


class LabelShort(Answer):
    """A label with too few photos."""

    label: str
    photos: int


class TrainingEstimate(Answer):
    """What a run would take; `problem` says why it cannot be begun."""

    release: str
    config: dict[str, Any]
    seconds: float
    cluster_minutes: float
    problem: str | None = None
    labels_short: tuple[LabelShort, ...] = ()
    trainer_at_work: bool = True


class LogLine(Answer):
    """A line of a run's log."""

    at: datetime
    note: str


class CurvePoint(Answer):
    """Loss and accuracy after so many steps."""

    step: int
    loss: float
    accuracy: float


class TrainingRun(Answer):
    """A run as it stands; `curves` and `log` only where one run was asked for."""

    id: str
    release: str
    config: dict[str, Any]
    state: str
    place_in_queue: int | None = None
    asked_at: datetime
    cancel_asked: bool = False
    epochs_done: int = 0
    done: int = 0
    total: int | None = None
    photos_per_second: float | None = None
    seconds_left: float | None = None
    trainer_at_work: bool = True
    reason: str | None = None
    model: str | None = None
    curves: tuple[CurvePoint, ...] = ()
    log: tuple[LogLine, ...] = ()

    @property
    def has_ended(self) -> bool:
        """True once it is done, failed or cancelled."""
        return self.state in ("done", "failed", "cancelled")


class ModelFile(Answer):
    """A file of a model; `sha256` is hex."""

    name: str
    bytes: int
    sha256: str


class Model(Answer):
    """A model: its labels in the order of its outputs, how right it is, its files."""

    id: str
    release: str
    made_at: datetime
    labels: tuple[LabelName, ...]
    accuracy: float
    metrics: dict[str, Any]
    files: tuple[ModelFile, ...]
    withdrawn_photos: int = 0


class Prediction(LabelName):
    """A label and how likely the model holds it."""

    probability: float
