"""The job `imports`: it settles sent rows, and undoes or tries again what an admin asked for.

A retry reads the source again, so that it must be on the machine where this job runs.
"""

from __future__ import annotations

import logging
from contextlib import closing

from imagehub import hub
from imagehub.catalogue.database import Database
from imagehub.catalogue.imports import import_rows, imports
from imagehub.errors import Conflict, NotFound, Refused
from imagehub.importing import following
from spark_jobs.batch import whole_batch
from spark_jobs.runs import JobContext

LOOK_AT = 100
"""Rows leave the log in the order in which they came: of so many, one has left, or few have."""

log = logging.getLogger(__name__)


def has_work(database: Database) -> bool:
    """True if a row has left the log, or an admin wants something of an import."""
    with database.transaction() as cursor:
        return bool(imports.asked(cursor)) or import_rows.any_to_settle(cursor, LOOK_AT)


def run(context: JobContext) -> dict[str, int]:
    """Settle, undo and try again; return the numbers of rows and imports."""
    settled = following.settle(context.database)
    with context.database.transaction() as cursor:
        names = imports.asked(cursor)
    with whole_batch() as batch:
        undone = sum(batch.each(names, lambda name: _serve(context, name)))
    return {"settled": settled, "asked": len(names), "undone": undone}


def _serve(context: JobContext, name: str) -> int:
    """Undo an import, or try it again; return how many rows were undone."""
    with context.database.transaction() as cursor:
        entry = imports.get(cursor, name)
    if entry.undo_asked_at:
        return following.undo(context.database, name)
    try:
        with closing(hub.open_log(context.settings)) as upload_log:
            following.retry(context.database, upload_log, name)
    except (NotFound, Refused, Conflict) as error:
        log.error("The import %s cannot be tried again: %s", name, error)
        with context.database.transaction() as cursor:
            imports.forget_retry(cursor, name)
    return 0
