"""How the commands of `imagehub import` report."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, TextIO

import click

from imagehub.catalogue.database import Database
from imagehub.catalogue.imports import import_rows, imports, photo_origins
from imagehub.catalogue.imports.import_rows import OUTCOMES, ReportedRow
from imagehub.catalogue.imports.imports import ImportEntry
from imagehub.commands.output import write_fields, write_json, write_table

PAGE_ROWS = 1_000


def report(database: Database, name: str, as_json: bool) -> None:
    """Print what became of an import's rows, and why some were refused."""
    with database.transaction() as cursor:
        entry = imports.get(cursor, name)
        reasons = imports.reasons(cursor, name)
        unlicensed = photo_origins.count_unlicensed(cursor, name)
    if as_json:
        told = [asdict(reason) for reason in reasons]
        return write_json(entry_as_json(entry) | {"reasons": told, "unlicensed": unlicensed})
    write_fields(
        [
            ("import", entry.plan.name),
            ("source", f"{entry.plan.source} ({entry.plan.format})"),
            ("rows", entry.total),
            *zip(OUTCOMES, numbers(entry), strict=True),
            ("of unknown licence", unlicensed or None),
        ]
    )
    if reasons:
        click.echo()
        write_table(
            ("refused", "rows", "for example"), [tuple(asdict(r).values()) for r in reasons]
        )
    return None


def write_rows(database: Database, name: str, file: TextIO) -> None:
    """Write every row of an import as CSV."""
    writer = csv.writer(file)
    writer.writerow(("place", "label", "outcome", "code", "reason", "upload", "image"))
    for outcome in OUTCOMES:
        for row in all_rows(database, name, outcome):
            writer.writerow(
                (
                    *(row.place.key, row.label, row.outcome, row.code, row.reason),
                    *(row.upload_id or "", row.image_id or ""),
                )
            )


def all_rows(database: Database, name: str, outcome: str) -> Iterator[ReportedRow]:
    """Every row of an outcome, read a page at a time."""
    after = None
    while True:
        with database.transaction() as cursor:
            found = import_rows.listed(cursor, name, outcome, after, PAGE_ROWS)
        yield from found
        if len(found) < PAGE_ROWS:
            return
        after = found[-1].place


def numbers(entry: ImportEntry) -> list[int]:
    """How many rows have each of OUTCOMES."""
    return [entry.rows.get(outcome, 0) for outcome in OUTCOMES]


def entry_as_json(entry: ImportEntry) -> dict[str, Any]:
    """An import for programs."""
    return {
        "name": entry.plan.name,
        "source": entry.plan.source,
        "format": entry.plan.format,
        "begun_at": entry.begun_at,
        "read_at": entry.read_at,
        "undone_at": entry.undone_at,
        "rows": entry.total,
        **dict(zip(OUTCOMES, numbers(entry), strict=True)),
    }
