"""Imports as operators follow them: lists, the report of one, and what they ask for."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.catalogue.accounts import audit_events
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.imports import import_rows, imports
from imagehub.catalogue.imports.import_rows import OUTCOMES, ReportedRow, RowPlace
from imagehub.catalogue.imports.imports import ImportEntry, NamedPart, ReasonCount
from imagehub.errors import Conflict, NotFound, Refused
from imagehub.vocabulary import Account
from webapp.http import cursors
from webapp.http.boundary import is_safe
from webapp.http.cursors import Page

PARTS_SHOWN = 20
LONGEST_NAME = 63


@dataclass(frozen=True, slots=True)
class ImportReport:
    """One import: how far it is, why rows were refused, and a page of its rows of one outcome."""

    entry: ImportEntry
    parts: tuple[NamedPart, ...]
    reasons: tuple[ReasonCount, ...]
    outcome: str
    rows: Page[ReportedRow]


def listed(database: Database, after: str | None, limit: int) -> Page[ImportEntry]:
    """Imports, those begun last first."""
    place = cursors.decode_moment(after) if after else None
    with database.transaction() as cursor:
        found = imports.newest(cursor, place, limit + 1)
    return cursors.page_after(found, limit, _sort_key, after is None)


def report(
    database: Database, name: str, outcome: str | None, after: str | None, limit: int
) -> ImportReport:
    """The report of an import; raise NotFound if there is none.

    Without an outcome, the rows are those that were refused, if any were.
    """
    place = RowPlace(*cursors.decode(after, str, int)) if after else None
    with database.transaction() as cursor:
        entry = _found(cursor, name)
        wanted = outcome if outcome in OUTCOMES else _most_telling(entry)
        rows = import_rows.listed(cursor, name, wanted, place, limit + 1)
        return ImportReport(
            entry,
            tuple(imports.parts(cursor, name, PARTS_SHOWN)),
            tuple(imports.reasons(cursor, name)),
            wanted,
            cursors.page_after(rows, limit, _row_key, after is None),
        )


def ask_retry(database: Database, admin: Account, name: str) -> None:
    """Have what was refused tried again; raise Conflict where it is asked, or cannot be."""
    with database.transaction() as cursor:
        _found(cursor, name)
        if not imports.ask_retry(cursor, name):
            raise Conflict("A retry is asked for already, or the import was undone.")
        audit_events.write(cursor, "import tried again", admin.id, admin.id, name)


def ask_undo(database: Database, admin: Account, name: str, is_sure: bool) -> None:
    """Have all of it withdrawn; raise Refused unless the admin is sure, Conflict if it is asked."""
    with database.transaction() as cursor:
        _found(cursor, name)
        if not is_sure:
            raise Refused("not_sure", "Say that you are sure: tick the box.")
        if not imports.ask_undo(cursor, name):
            raise Conflict("This import is undone already, or being undone.")
        audit_events.write(cursor, "import undone", admin.id, admin.id, name)


def _found(cursor: Cursor, name: str) -> ImportEntry:
    if not is_safe(name) or len(name) > LONGEST_NAME:
        raise NotFound("There is no such import.")
    return imports.get(cursor, name)


def _most_telling(entry: ImportEntry) -> str:
    order = ("refused", "duplicate", "waiting", "landed", "undone")
    return next((outcome for outcome in order if entry.rows.get(outcome)), "refused")


def _sort_key(entry: ImportEntry) -> tuple[str, str]:
    return entry.begun_at.isoformat(), entry.plan.name


def _row_key(row: ReportedRow) -> tuple[str, int]:
    return row.place.key, row.place.number
