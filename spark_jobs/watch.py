"""Run the jobs whenever there is work for them, in three lanes side by side, until told to stop.

The jobs that need Spark share one warm session, in the main thread. The others have threads of
their own: one lane for those that wait for strangers' servers, one for the rest. So no withdrawal
waits for a verification round, or for a webhook that is slow to answer. A lane's jobs run one after
the other.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from imagehub.backoff import backoff_seconds
from imagehub.catalogue.database import Database
from imagehub.errors import HubError, Unavailable
from imagehub.settings import Settings
from imagehub.storage.protocol import ObjectStore
from spark_jobs import jobs

IDLE_SECONDS = 1.0
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
LAST_JOB_SECONDS = 2.0
"""How long a plain job may go on once the process has been told to stop."""

log = logging.getLogger(__name__)


@dataclass
class Backoff:
    """How long to leave a job alone that has failed: 1 s, then twice as long each time."""

    clock: Callable[[], float] = time.monotonic
    _failures: dict[str, int] = field(default_factory=dict)
    _not_before: dict[str, float] = field(default_factory=dict)

    def allows(self, name: str) -> bool:
        """True if the job may be tried now."""
        return self.clock() >= self._not_before.get(name, float("-inf"))

    def failed(self, name: str) -> float:
        """Remember one more failure; return the seconds to wait."""
        failures = self._failures[name] = self._failures.get(name, 0) + 1
        wait_seconds = backoff_seconds(failures, FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS)
        self._not_before[name] = self.clock() + wait_seconds
        return wait_seconds

    def worked(self, name: str) -> None:
        """Forget the job's failures."""
        self._failures.pop(name, None)
        self._not_before.pop(name, None)


@dataclass
class Lane:
    """Jobs that run one after the other. `spark` is None where none of them needs it."""

    names: Sequence[str]
    settings: Settings
    database: Database
    store: ObjectStore
    spark: Any = None
    backoff: Backoff = field(default_factory=Backoff)

    def run(self, stop: threading.Event) -> None:
        """Loop over the jobs until told to stop, then close this thread's connection.

        A job that fails is recorded, waits, and is tried again. Raises Unavailable once Spark
        itself is gone: only a new process can start another.
        """
        try:
            while not stop.is_set():
                if not self._one_round(stop):
                    stop.wait(IDLE_SECONDS)
        finally:
            self.database.close()

    def _one_round(self, stop: threading.Event) -> bool:
        worked = False
        for name in self.names:
            if self.backoff.allows(name) and not stop.is_set():
                worked |= self._try(name)
        return worked

    def _try(self, name: str) -> bool:
        """Do a job if it has work; True if it had some."""
        has_work = False
        try:
            has_work = jobs.load(name).has_work(self.database)
            if has_work:
                jobs.execute(name, self.settings, self.spark, self.database, self.store)
        except Exception as error:
            wait_seconds = self.backoff.failed(name)
            log.error(
                "%s failed and waits %.0f s: %s",
                *(name, wait_seconds, error),
                exc_info=not isinstance(error, HubError),
            )
            if self.spark is not None:
                _require_spark(self.spark)
        else:
            self.backoff.worked(name)
        return has_work


def watch(
    settings: Settings, database: Database, store: ObjectStore, stop: threading.Event
) -> None:
    """Run the lanes until `stop`. What ends the lane of Spark ends the others and is raised."""
    from spark_jobs.session import running_spark  # a process that runs one plain job needs none

    threads = start_plain_lanes(settings, database, store, stop)
    try:
        with running_spark(settings, "watch") as spark:
            Lane(jobs.SPARK_JOBS, settings, database, store, spark).run(stop)
    finally:
        stop.set()
        end = time.monotonic() + LAST_JOB_SECONDS
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))


def start_plain_lanes(
    settings: Settings, database: Database, store: ObjectStore, stop: threading.Event
) -> list[threading.Thread]:
    """Start the lanes of the jobs without Spark, each in a thread of its own."""
    others = tuple(name for name in jobs.PLAIN_JOBS if name not in jobs.SENDING_JOBS)
    lanes = [Lane(names, settings, database, store) for names in (others, jobs.SENDING_JOBS)]
    # Daemons: a plain job that hangs cannot keep the process from ending.
    threads = [threading.Thread(target=lane.run, args=(stop,), daemon=True) for lane in lanes]
    for thread in threads:
        thread.start()
    return threads


def _require_spark(spark: Any) -> None:
    try:
        gone = spark.sparkContext._jsc.sc().isStopped()
    except Exception as error:
        raise Unavailable("Spark's Java process is gone; start this program again.") from error
    if gone:
        raise Unavailable("The Spark session has stopped; start this program again.")
