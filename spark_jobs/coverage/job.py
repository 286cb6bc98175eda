"""The job `coverage`: count label sets by place, device, light and cluster, for the board.

One transaction of the catalogue, which holds both its input and its output.
"""

from __future__ import annotations

from imagehub.catalogue.database import Database
from imagehub.catalogue.images import coverage
from imagehub.catalogue.operation import job_runs
from spark_jobs.runs import JobContext


def has_work(database: Database) -> bool:
    """True once label sets or clusters may have changed since the last count."""
    with database.transaction() as cursor:
        return job_runs.finished_since_began(
            cursor, "organise", "coverage"
        ) or job_runs.finished_since_began(cursor, "cluster", "coverage")


def run(context: JobContext) -> dict[str, int]:
    """Count anew; return the number of rows."""
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        coverage.forget_cells(cursor)
        return {"cells": coverage.count_cells(cursor)}
