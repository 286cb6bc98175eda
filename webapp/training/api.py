"""Training runs: what one would take, the wish for one, how far it is, and the wish to stop it."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response
from pydantic import Field

from imagehub.answers.training import (
    CurvePoint,
    LabelShort,
    LogLine,
    TrainingEstimate,
    TrainingRun,
    TrainingRuns,
    WatchedRun,
)
from imagehub.catalogue.training.training_queries import TrainingEntry
from imagehub.vocabulary import Account
from webapp.http.boundary import RequestModel, Text, Whole
from webapp.http.cursors import PageQuery
from webapp.http.endpoints import Endpoints, reply
from webapp.http.resources import resources
from webapp.training import plans as training_plans
from webapp.training import service as training_runs
from webapp.training.service import Watched

endpoints = Endpoints("training_runs")
Short = Annotated[Text, Field(max_length=40)]


class TrainingWish(RequestModel):
    """What to train; a field that is left out has a default that fits the base."""

    base: Short | None = Field(
        default=None, description="transfer (default), fine-tune or scratch."
    )
    epochs: int | None = None
    image_size_pixels: int | None = Field(default=None, description="From scratch only.")
    augmentation: Short | None = Field(default=None, description="none, mirror or crop.")
    batch: int | None = Field(default=None, description="Photos a step, of all workers together.")
    learning_rate: float | None = None
    photos_per_label: int | None = Field(default=None, description="Fewest that each label needs.")
    seed: int | None = None

    def fields(self) -> dict[str, Any]:
        """What was given."""
        return self.model_dump(exclude_none=True)


class RunsQuery(PageQuery):
    """A page of training runs."""

    limit: Annotated[Whole, Field(ge=1, le=200)] = 100


class WatchQuery(RequestModel):
    """From where on to tell the curves."""

    behind_step: Annotated[Whole, Field(ge=0)] = 0


class NoWords(RequestModel):
    """An empty object."""


@endpoints.post("/releases/<release_id>/training-estimates", problems=(404,))
def estimate(release_id: str, body: TrainingWish) -> TrainingEstimate:
    """Say what a training run on a release would take, and whether it could be asked for."""
    hub = resources()
    plan = training_plans.plan(hub.database, hub.settings, release_id, body.fields())
    return TrainingEstimate(
        release=release_id,
        config=plan.config.model_dump(mode="json"),
        seconds=plan.estimate.seconds,
        cluster_minutes=plan.estimate.executor_minutes,
        problem=plan.problem.sentence if plan.problem else None,
        labels_short=tuple(LabelShort.of(label) for label in plan.short),
        trainer_at_work=plan.has_trainer,
    )


@endpoints.post(
    "/releases/<release_id>/training-runs", status=202, answer=TrainingRun, problems=(404,)
)
def ask(release_id: str, account: Account, body: TrainingWish) -> Response:
    """Ask for a training run on a release; it waits for its turn. For premium accounts."""
    hub = resources()
    run_id = training_plans.ask(hub.database, hub.settings, account, release_id, body.fields())
    found = training_runs.show(hub.database, account, run_id)
    return reply(_run(found.entry), 202, {"Location": f"/api/v1/training-runs/{run_id}"})


@endpoints.get("/training-runs")
def newest(account: Account, query: RunsQuery) -> TrainingRuns:
    """Your training runs, those asked for last first; admins see everybody's."""
    page = training_runs.newest(resources().database, account, query.after, query.limit)
    return TrainingRuns(training_runs=tuple(_run(run) for run in page.items), next=page.after)


@endpoints.get("/training-runs/<run_id>", problems=(404,))
def show(run_id: str, account: Account, query: WatchQuery) -> WatchedRun:
    """One training run with its curves behind a step, and its log."""
    found = training_runs.show(resources().database, account, run_id, query.behind_step)
    return _watched(found)


@endpoints.post("/training-runs/<run_id>/cancellation", problems=(404, 409))
def cancel(run_id: str, account: Account, body: NoWords) -> TrainingRun:
    """Stop a training run, whatever it is doing; one that has ended stays as it is."""
    del body  # only an empty one is read
    return _run(training_runs.cancel(resources().database, account, run_id))


def _watched(found: Watched) -> WatchedRun:
    return WatchedRun(
        **_run(found.entry).model_dump(),
        seconds_left=found.seconds_left,
        trainer_at_work=found.has_trainer,
        curves=tuple(CurvePoint.of(point) for point in found.points),
        log=tuple(LogLine.of(note) for note in found.notes),
    )


def _run(entry: TrainingEntry) -> TrainingRun:
    return TrainingRun(
        id=entry.id,
        release=entry.release_id,
        manifest_sha256=entry.manifest_sha256.hex(),
        config=dict(entry.config),
        state=entry.state,
        place_in_queue=entry.place,
        asked_at=entry.asked_at,
        started_at=entry.started_at,
        finished_at=entry.finished_at,
        cancel_asked=entry.is_cancel_asked,
        attempt=entry.attempt,
        epochs_done=entry.epochs_done,
        done=entry.done,
        total=entry.total,
        photos_per_second=entry.photos_per_second,
        reason=entry.reason,
        model=entry.id if entry.has_model else None,
    )
