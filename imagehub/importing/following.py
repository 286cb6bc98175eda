"""What becomes of an import whose rows were sent: they settle, are tried again, or undone."""

from __future__ import annotations

import time

from imagehub.catalogue.database import Database
from imagehub.catalogue.imports import (
    import_counts,
    import_rows,
    imports,
    photo_origins,
    references,
)
from imagehub.catalogue.imports.imports import ImportEntry
from imagehub.errors import Refused
from imagehub.importing import open_images
from imagehub.importing.bringing import alone, bring_in
from imagehub.importing.formats import open_reader
from imagehub.importing.licences import spdx
from imagehub.log.protocol import UploadLog

TOGETHER = 1_000
"""So many rows are written in one transaction."""

POLL_SECONDS = 0.5


def settle(database: Database) -> int:
    """Take over what became of all rows that have left the log; return how many."""
    settled = 0
    while True:
        with database.transaction() as cursor:
            found = import_rows.settle(cursor, TOGETHER)
        settled += found
        if not found:
            return settled


def wait(database: Database, name: str) -> None:
    """Return once every row of an import has left the log."""
    while True:
        settle(database)
        with database.transaction() as cursor:
            if not import_rows.count_waiting(cursor, name):
                return
        time.sleep(POLL_SECONDS)


def undo(database: Database, name: str) -> int:
    """Withdraw every upload of an import that is to be undone; return how many rows that were.

    The job `withdraw` then removes them, as it does for everybody. Killed, it is done again.
    Raises Conflict while the import is under way.
    """
    with alone(database, name):
        with database.transaction() as cursor:
            if imports.get(cursor, name).plan.format == open_images.FORMAT:
                references.drop(cursor, name)
                import_counts.move_all(cursor, name, "undone")
        undone = 0
        while True:
            with database.transaction() as cursor:
                found = import_rows.withdraw(cursor, name, TOGETHER)
                undone += found
                if not found:
                    imports.end_undoing(cursor, name)
                    return undone


def retry(database: Database, log: UploadLog, name: str) -> ImportEntry:
    """Read the source again, and send what was refused and what it did not have then."""
    with database.transaction() as cursor:
        plan = imports.get(cursor, name).plan
    if plan.format == open_images.FORMAT:
        return open_images.retry_tables(database, plan)
    reader = open_reader(plan.source, plan.format, plan.options, database)
    return bring_in(database, log, plan, reader, is_retry=True)


def set_licence(database: Database, name: str, words: str) -> int:
    """Say under which licence the photos of an import are that have none; return how many.

    Raises Refused for a licence that is not known, NotFound for an import that is not.
    """
    licence = spdx(words)
    if licence is None:
        raise Refused("licence_unknown", f"{words!r} is no licence that the hub knows.")
    changed = 0
    while True:
        with database.transaction() as cursor:
            imports.get(cursor, name)
            found = photo_origins.set_licence(cursor, name, licence, TOGETHER)
        changed += found
        if not found:
            return changed
