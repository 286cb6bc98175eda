"""Training runs: who may watch one, how far it is, and the wish that it stop."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from imagehub import training_config
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.training import training_progress, training_queries, training_requests
from imagehub.catalogue.training.training_progress import CurveStep, Note
from imagehub.catalogue.training.training_queries import TrainingEntry
from imagehub.errors import Conflict, NotFound
from imagehub.vocabulary import Account, Role
from webapp.http import access, cursors
from webapp.http.cursors import Page

MOST_POINTS = 2000
MOST_NOTES = 60


@dataclass(frozen=True, slots=True)
class Watched:
    """A run as its page shows it: the points of its curves, its log, and about how long still.

    Without `has_trainer` it waits for an operator to start one.
    """

    entry: TrainingEntry
    points: tuple[CurveStep, ...]
    notes: tuple[Note, ...]
    seconds_left: float | None
    has_trainer: bool


def show(database: Database, account: Account, run_id: str, behind_step: int = 0) -> Watched:
    """The account's own run (admins: any), its curves behind a step; else NotFound."""
    with database.transaction() as cursor:
        entry = find(cursor, account, run_id)
        return Watched(
            entry=entry,
            points=tuple(training_progress.steps(cursor, entry.id, behind_step, MOST_POINTS)),
            notes=tuple(training_progress.notes(cursor, entry.id, MOST_NOTES)),
            seconds_left=seconds_left(entry),
            has_trainer=training_queries.has_trainer(cursor),
        )


def newest(
    database: Database, account: Account, after: str | None, limit: int
) -> Page[TrainingEntry]:
    """One's own runs, and for admins everybody's, those asked for last first."""
    whose = None if Role.ADMIN in account.roles else account.id
    position = cursors.decode_moment(after) if after else None
    before = (position[0], uuid_of(position[1])) if position else None
    with database.transaction() as cursor:
        found = training_queries.newest(cursor, whose, before, limit + 1)
    return cursors.page_after(
        found, limit, lambda run: (run.asked_at.isoformat(), run.id), is_first=True
    )


def cancel(database: Database, account: Account, run_id: str) -> TrainingEntry:
    """Have a run stop, whatever it is doing; one that has ended stays as it is.

    Raises Conflict for a run that an operator began on the hub's machine.
    """
    with database.transaction() as cursor:
        entry = find(cursor, account, run_id)
        if entry.is_open and entry.request_id is None:
            raise Conflict(
                "An operator began this run: `python -m training cancel` on the hub's machine"
                " stops it."
            )
        if entry.is_open and entry.request_id is not None:
            training_requests.cancel(cursor, entry.request_id, account.id)
        return find(cursor, account, run_id)


def find(cursor: Cursor, account: Account, run_id: str) -> TrainingEntry:
    """The run, if it is for the asker; else NotFound."""
    entry = training_queries.find(cursor, uuid_of(run_id))
    if entry is None:
        raise NotFound(f"There is no training run {run_id}.")
    access.table().things["training_run"].require(
        account,
        f"There is no training run {run_id}.",
        is_own=entry.account_id == account.id,
    )
    return entry


def uuid_of(text: str) -> UUID:
    """The id in an address; NotFound if it is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such thing.") from error


def seconds_left(entry: TrainingEntry) -> float | None:
    """About how long a run that trains still takes; None where that is unknown."""
    if entry.state != "training" or not entry.total or not entry.photos_per_second:
        return None
    batch = int(entry.config.get("batch", 64))
    steps = max(0, entry.total - entry.done)
    return steps * batch / entry.photos_per_second + training_config.EXPORT_SECONDS
