"""How the hub is doing, for who runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from imagehub.answers.operation import Status
from imagehub.catalogue.accounts import audit_events
from imagehub.catalogue.database import Database
from imagehub.catalogue.moderation import reports
from imagehub.catalogue.operation import operation, page_times, scrubs, status
from imagehub.catalogue.operation.operation import (
    Asked,
    DeadLetterEntry,
    JobRunProgress,
    Rates,
    Stored,
)
from imagehub.catalogue.operation.page_times import Times
from imagehub.catalogue.operation.scrubs import ScrubState
from imagehub.catalogue.uploads.dead_letters import Replay, newest_replay, request_replay
from imagehub.errors import Conflict, Unavailable
from imagehub.log.protocol import UnhandledLoss, UploadLog
from imagehub.vocabulary import Account

Answer = TypeVar("Answer")

GROUP = "ingestion"
"""Who reads the upload log to land what it holds."""

SILENT_SECONDS = 300
LETTERS_SHOWN = 20
DAMAGED_SHOWN = 20
SLOWEST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Operation:
    """The figures of one moment; `lag` and `loss` are None while the upload log does not
    answer.

    `slowest` are routes of today and yesterday by method and rule, the slowest first.
    """

    lag: int | None
    loss: UnhandledLoss | None
    counts: Status
    rates: Rates
    stored: Stored
    reports_waiting: int
    asked: Asked
    letters: int
    runs: tuple[JobRunProgress, ...]
    times: Mapping[tuple[str, str], Times]
    scrub: ScrubState

    @property
    def broken_jobs(self) -> int:
        """How many jobs' last runs failed or no longer report."""
        return sum(run.is_silent or run.state == "failed" for run in self.runs)


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """The newest dead letters, and the last wish to try them again."""

    newest: tuple[DeadLetterEntry, ...]
    replay: Replay | None


def watch(database: Database, log: UploadLog, days: int | None = None) -> Operation:
    """Look at everything; the times are those of so many days, or of all."""
    with database.transaction() as cursor:
        return Operation(
            lag=_asked(lambda: log.lag(GROUP)),
            loss=_asked(lambda: log.unhandled_loss(GROUP)),
            counts=status.count(cursor),
            rates=operation.rates(cursor),
            stored=operation.stored(cursor),
            reports_waiting=reports.count_waiting(cursor),
            asked=operation.asked(cursor),
            letters=operation.count_set_aside(cursor),
            runs=tuple(operation.last_runs(cursor, SILENT_SECONDS)),
            times=page_times.totals(cursor, days),
            scrub=scrubs.state(cursor, DAMAGED_SHOWN),
        )


def dead_letters(database: Database) -> DeadLetters:
    """The dead letters, and whether a replay is requested."""
    with database.transaction() as cursor:
        newest = operation.set_aside(cursor, LETTERS_SHOWN)
        return DeadLetters(tuple(newest), newest_replay(cursor))


def ask_replay(database: Database, admin: Account) -> None:
    """Have ingestion try the dead letters again; raise Conflict while it is asked to already."""
    with database.transaction() as cursor:
        if not request_replay(cursor, admin.id):
            raise Conflict("Ingestion was asked already. It answers as soon as it runs.")
        audit_events.write(cursor, "dead letters tried again", admin.id, admin.id)


def _asked(ask: Callable[[], Answer]) -> Answer | None:
    try:
        return ask()
    except Unavailable:
        return None
