"""One execution of a job: its row, its progress, and the right to publish."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.operation import job_runs
from imagehub.errors import Conflict, Unavailable
from imagehub.settings import Settings
from imagehub.storage.protocol import ObjectStore

REPORT_EVERY_SECONDS = 1.0
MAX_REASON_CHARACTERS = 2_000

log = logging.getLogger(__name__)


@dataclass
class JobRun:
    """A run that is on its way. Only the thread that began it may use it."""

    database: Database
    job: str
    id: int
    epoch: int
    clock: Callable[[], float] = time.monotonic
    totals: dict[str, int] = field(default_factory=dict)
    _reported_at: float = float("-inf")

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the run is; written at most once a second, and always at the end."""
        now = self.clock()
        if done != total and now - self._reported_at < REPORT_EVERY_SECONDS:
            return
        self._reported_at = now
        log.info("%s run %d: %d of %s", self.job, self.id, done, "?" if total is None else total)
        with self.database.transaction() as cursor:
            job_runs.report(cursor, self.id, done, total)

    def counts(self, **numbers: int) -> None:
        """Set numbers that are kept with the run."""
        self.totals.update(numbers)

    def assert_current(self, cursor: Cursor) -> None:
        """Call this in the transaction that publishes: no newer run can begin before it commits.

        Raises Conflict if a newer run of the job has begun: then this one must change nothing.
        """
        newest = job_runs.hold_epoch(cursor, self.job)
        if newest != self.epoch:
            raise Conflict(
                f"The {self.job} run {self.id} (epoch {self.epoch}) was replaced by a newer one"
                f" (epoch {newest}) and publishes nothing."
            )


@dataclass(frozen=True)
class JobContext:
    """What a job gets: the settings, the catalogue, the object store and its run."""

    settings: Settings
    database: Database
    store: ObjectStore
    run: JobRun


@dataclass(frozen=True)
class SparkJobContext(JobContext):
    """What a job that needs Spark gets besides: a Spark session.

    `settings` may be shipped to executors; database, store and run stay in the driver.
    """

    spark: Any


@contextmanager
def job_run(database: Database, job: str) -> Iterator[JobRun]:
    """Begin a run under a fresh epoch; close it as done, or as failed with the reason."""
    run = _begin(database, job)
    try:
        yield run
    except BaseException as error:
        with contextlib.suppress(Unavailable):
            _finish(run, _reason(error))
        raise
    _finish(run, None)


def _begin(database: Database, job: str) -> JobRun:
    with database.transaction() as cursor:
        epoch = job_runs.next_epoch(cursor, job)
        job_runs.abandon_earlier(cursor, job, epoch)
        run_id = job_runs.start(cursor, job, epoch)
    log.info("%s run %d begins", job, run_id)
    return JobRun(database, job, run_id, epoch)


def _finish(run: JobRun, error: str | None) -> None:
    with run.database.transaction() as cursor:
        job_runs.finish(cursor, run.id, run.totals, error)
    if error:
        log.error("%s run %d failed: %s", run.job, run.id, error)
    else:
        log.info("%s run %d is done: %s", run.job, run.id, run.totals)


def _reason(error: BaseException) -> str:
    if isinstance(error, SystemExit | KeyboardInterrupt):
        return "It was told to stop before it was done."
    text = " ".join(str(error).split()) or "no further words"
    return f"{type(error).__name__}: {text}"[:MAX_REASON_CHARACTERS]
