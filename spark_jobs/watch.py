"""Run the jobs whenever there is work for them, in one warm Spark session, until told to stop."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from imagehub.catalogue.database import Database
from imagehub.errors import HubError, Unavailable
from imagehub.settings import Settings
from imagehub.storage.protocol import ObjectStore
from spark_jobs import jobs

IDLE_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0

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
        wait_seconds = min(2.0 ** min(failures - 1, 10), LONGEST_WAIT_SECONDS)
        self._not_before[name] = self.clock() + wait_seconds
        return wait_seconds

    def worked(self, name: str) -> None:
        """Forget the job's failures."""
        self._failures.pop(name, None)
        self._not_before.pop(name, None)


def watch(settings: Settings, spark: Any, database: Database, store: ObjectStore) -> None:
    """Loop over the jobs for ever. A job that fails is recorded, waits, and is tried again.

    Raises Unavailable once Spark itself is gone: only a new process can start another.
    """
    patience = Backoff()
    while True:
        if not _one_round(settings, spark, database, store, patience):
            time.sleep(IDLE_SECONDS)


def _one_round(
    settings: Settings, spark: Any, database: Database, store: ObjectStore, patience: Backoff
) -> bool:
    worked = False
    for name in jobs.NAMES:
        if not patience.allows(name):
            continue
        try:
            if jobs.load(name).has_work(database):
                worked = True
                jobs.execute(name, settings, spark, database, store)
        except Exception as error:
            wait_seconds = patience.failed(name)
            log.error(
                "%s failed and waits %.0f s: %s",
                *(name, wait_seconds, error),
                exc_info=not isinstance(error, HubError),
            )
            _require_spark(spark)
        else:
            patience.worked(name)
    return worked


def _require_spark(spark: Any) -> None:
    try:
        gone = spark.sparkContext._jsc.sc().isStopped()
    except Exception as error:
        raise Unavailable("Spark's Java process is gone; start this program again.") from error
    if gone:
        raise Unavailable("The Spark session has stopped; start this program again.")
