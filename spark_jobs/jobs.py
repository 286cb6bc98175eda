"""The jobs by name, in the order in which a photo meets them."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

from imagehub.catalogue.database import Database
from imagehub.settings import Settings
from imagehub.storage.protocol import ObjectStore
from spark_jobs.runs import JobContext, job_run

NAMES = (
    "withdraw",
    "labels",
    "verify",
    "cluster",
    "organise",
    "release",
    "coverage",
    "demands",
    "deliver",
)


class Job(Protocol):
    """What a job's module has. Doing a job again without new input changes nothing."""

    def has_work(self, database: Database) -> bool:
        """True if a run would change something."""
        ...

    def run(self, context: JobContext) -> dict[str, int]:
        """Do all the work that waits; return numbers to keep with the run."""
        ...


def load(name: str) -> Job:
    """Import one job: none pays for the libraries of another."""
    return cast(Job, import_module(f"spark_jobs.{name}.job"))


def execute(
    name: str, settings: Settings, spark: Any, database: Database, store: ObjectStore
) -> dict[str, int]:
    """Do one job as a run with a row of its own; return its numbers."""
    with job_run(database, name) as run:
        run.counts(**load(name).run(JobContext(settings, spark, database, store, run)))
        return run.totals
