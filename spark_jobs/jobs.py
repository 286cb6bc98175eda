"""The jobs by name, in the order in which a photo meets them, and which of them need Spark."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

from imagehub.catalogue.database import Database
from imagehub.settings import Settings
from imagehub.storage.protocol import ObjectStore
from spark_jobs.runs import JobContext, SparkJobContext, job_run

NAMES = (
    "withdraw",
    "imports",
    "labels",
    "verify",
    "cluster",
    "organise",
    "release",
    "coverage",
    "demands",
    "deliver",
    "scrub",
)
SPARK_JOBS = ("verify", "cluster", "release")
PLAIN_JOBS = tuple(name for name in NAMES if name not in SPARK_JOBS)
"""These need the catalogue and the object store only."""

SENDING_JOBS = ("deliver",)
"""Those of PLAIN_JOBS that wait for strangers' servers."""


class Job(Protocol):
    """What a job's module has. Doing a job again without new input changes nothing."""

    def has_work(self, database: Database) -> bool:
        """True if a run would change something."""
        ...

    def run(self, context: Any) -> dict[str, int]:
        """Do all the work that waits; return numbers to keep with the run.

        The context is a SparkJobContext for one of SPARK_JOBS, and else a JobContext.
        """
        ...


def load(name: str) -> Job:
    """Import one job: none pays for the libraries of another."""
    return cast(Job, import_module(f"spark_jobs.{name}.job"))


def execute(
    name: str, settings: Settings, spark: Any, database: Database, store: ObjectStore
) -> dict[str, int]:
    """Do one job as a run with a row of its own; return its numbers.

    `spark` is the session for one of SPARK_JOBS; other jobs never see it, and it may be None.
    """
    with job_run(database, name) as run:
        context = (
            SparkJobContext(settings, database, store, run, spark)
            if name in SPARK_JOBS
            else JobContext(settings, database, store, run)
        )
        run.counts(**load(name).run(context))
        return run.totals
