"""What the API answers on training runs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from imagehub.answers.answer import Answer, Unsent


class LabelShort(Answer):
    """A label with too few photos."""

    label: str
    photos: int


class TrainingEstimate(Answer):
    """What a run would take if it were asked for now; `problem` says why it cannot be."""

    release: str
    config: Annotated[dict[str, Any], WithJsonSchema({})] = Field(
        description="The wish with its defaults."
    )
    seconds: float
    cluster_minutes: float = Field(description="Of all executors together.")
    problem: Annotated[str | None, Unsent(None)]
    labels_short: Annotated[tuple[LabelShort, ...], Unsent(())]
    trainer_at_work: Annotated[bool, Unsent(True)] = Field(
        description="If not, runs wait until an operator starts one."
    )


class CurvePoint(Answer):
    """Loss and accuracy on the training photos after `step` steps."""

    step: int
    loss: float
    accuracy: float


class LogLine(Answer):
    """A line of the log."""

    at: datetime
    note: str


class TrainingRun(Answer):
    """A training run. `done` of `total` are photos or steps of its present state."""

    id: str
    release: str
    manifest_sha256: Annotated[str, Unsent("")]
    config: Annotated[dict[str, Any], WithJsonSchema({})]
    state: str
    place_in_queue: Annotated[int | None, Unsent(None)]
    asked_at: datetime
    started_at: Annotated[datetime | None, Unsent(None)]
    finished_at: Annotated[datetime | None, Unsent(None)]
    cancel_asked: Annotated[bool, Unsent(False)]
    attempt: Annotated[int, Unsent(0)]
    epochs_done: Annotated[int, Unsent(0)]
    done: Annotated[int, Unsent(0)]
    total: Annotated[int | None, Unsent(None)]
    photos_per_second: Annotated[float | None, Unsent(None)]
    reason: Annotated[str | None, Unsent(None)]
    model: Annotated[str | None, Unsent(None)] = Field(
        description="The id of the model that it left."
    )

    @property
    def has_ended(self) -> bool:
        """True once it is done, failed or cancelled."""
        return self.state in ("done", "failed", "cancelled")


class WatchedRun(TrainingRun):
    """A training run with its curves and its log."""

    seconds_left: Annotated[float | None, Unsent(None)]
    trainer_at_work: Annotated[bool, Unsent(True)] = Field(
        description="If not, the run waits until an operator starts one."
    )
    curves: Annotated[tuple[CurvePoint, ...], Unsent(())]
    log: Annotated[tuple[LogLine, ...], Unsent(())]


class TrainingRuns(Answer):
    """A page of training runs, those asked for last first; `next` is the next page's `after`."""

    training_runs: tuple[TrainingRun, ...]
    next: Annotated[str | None, Unsent(None)]
