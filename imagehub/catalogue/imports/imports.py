"""Imports: what was brought in from where, how far it is, and what became of all its rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What to bring in, as it was asked for; the same again continues."""

    name: str
    account_id: UUID
    source: str
    format: str
    options: Mapping[str, Any]
    licence: str | None


@dataclass(frozen=True, slots=True)
class ImportEntry:
    """An import and how far it is; `rows` counts those that were met, by outcome."""

    plan: ImportPlan
    begun_at: datetime
    read_at: datetime | None
    is_retry_asked: bool
    undo_asked_at: datetime | None
    undone_at: datetime | None
    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many rows were met."""
        return sum(self.rows.values())


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many rows were refused for one reason; `example` is one's sentence."""

    code: str
    rows: int
    example: str


@dataclass(frozen=True, slots=True)
class PartProgress:
    """How far a part of a source is read."""

    position: int = 0
    rows: int = 0
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class NamedPart:
    """A part of a source, and how far it is read."""

    name: str
    progress: PartProgress


_IMPORTS = """
    select i.*, (
        select coalesce(json_object_agg(outcome, rows), '{}')
        from (
            select outcome, sum(rows) as rows
            from import_counts c
            where c.import_name = i.name
            group by outcome
            having sum(rows) <> 0
        ) counted
    ) as counts
    from imports i
    """


def begin(cursor: Cursor, plan: ImportPlan) -> ImportEntry:
    """Begin an import, or go on with one of that name.

    Raises Conflict where the name is another source's, or the import was undone.
    """
    cursor.execute(
        """
        insert into imports (name, account_id, source, format, options, licence)
        values (%s, %s, %s, %s, %s, %s)
        on conflict (name) do nothing
        """,
        (
            *(plan.name, plan.account_id, plan.source, plan.format),
            *(json.dumps(dict(plan.options), sort_keys=True), plan.licence),
        ),
    )
    found = get(cursor, plan.name)
    if (found.plan.source, found.plan.format, dict(found.plan.options)) != (
        *(plan.source, plan.format),
        dict(plan.options),
    ):
        raise Conflict(
            f"The import {plan.name} is of {found.plan.source} ({found.plan.format}) with other"
            " options. Give this one another name."
        )
    if found.undo_asked_at:
        raise Conflict(f"The import {plan.name} was undone. Give the new one another name.")
    return found


def find(cursor: Cursor, name: str) -> ImportEntry | None:
    """The import of this name."""
    cursor.execute(_IMPORTS + " where i.name = %s", (name,))
    row = cursor.fetchone()
    return _entry(row) if row else None


def get(cursor: Cursor, name: str) -> ImportEntry:
    """The import of this name; raise NotFound if there is none."""
    found = find(cursor, name)
    if found is None:
        raise NotFound(f"There is no import {name[:63]!r}.")
    return found


def newest(cursor: Cursor, before: tuple[datetime, str] | None, limit: int) -> list[ImportEntry]:
    """Imports, those begun last first, from behind `before` (when begun, name) on."""
    cursor.execute(
        _IMPORTS
        + """
        where %(name)s is null or (i.begun_at, i.name) < (%(at)s::timestamptz, %(name)s)
        order by i.begun_at desc, i.name desc
        limit %(limit)s
        """,
        {
            "at": before[0] if before else None,
            "name": before[1] if before else None,
            "limit": limit,
        },
    )
    return [_entry(row) for row in cursor.fetchall()]


def hold(cursor: Cursor, name: str) -> bool:
    """Be the only one that brings this import in, while the connection lasts; False if one is."""
    cursor.execute(
        "select pg_try_advisory_lock(hashtextextended('import ' || %s, 0)) as held", (name,)
    )
    return bool(cursor.fetchone().held)


def end_reading(cursor: Cursor, name: str) -> None:
    """Every row of the source was met, and a retry that was asked for is done."""
    cursor.execute(
        "update imports set read_at = now(), retry_asked_at = null where name = %s", (name,)
    )


def ask_retry(cursor: Cursor, name: str) -> bool:
    """Have the refused rows tried again; False if it is asked already, or cannot be."""
    cursor.execute(
        """
        update imports
        set retry_asked_at = now()
        where name = %s and retry_asked_at is null and undo_asked_at is null
        """,
        (name,),
    )
    return bool(cursor.rowcount)


def forget_retry(cursor: Cursor, name: str) -> None:
    """Drop the wish to have an import tried again."""
    cursor.execute("update imports set retry_asked_at = null where name = %s", (name,))


def ask_undo(cursor: Cursor, name: str) -> bool:
    """Have the whole import undone; False if it is asked already."""
    cursor.execute(
        """
        update imports
        set undo_asked_at = now(), retry_asked_at = null
        where name = %s and undo_asked_at is null
        """,
        (name,),
    )
    return bool(cursor.rowcount)


def end_undoing(cursor: Cursor, name: str) -> None:
    """Nothing of the import is left to be withdrawn."""
    cursor.execute("update imports set undone_at = now() where name = %s", (name,))


def asked(cursor: Cursor) -> list[str]:
    """The imports that somebody wants tried again or undone."""
    cursor.execute(
        """
        select name
        from imports
        where retry_asked_at is not null or (undo_asked_at is not null and undone_at is null)
        order by name
        """
    )
    return [row.name for row in cursor.fetchall()]


def part(cursor: Cursor, name: str, part_name: str) -> PartProgress:
    """How far a part is read."""
    cursor.execute(
        "select position, rows, is_read from import_parts where import_name = %s and part = %s",
        (name, part_name),
    )
    row = cursor.fetchone()
    return PartProgress(*row) if row else PartProgress()


def parts(cursor: Cursor, name: str, limit: int) -> list[NamedPart]:
    """The first parts of a source by name."""
    cursor.execute(
        """
        select part, position, rows, is_read
        from import_parts
        where import_name = %s
        order by part
        limit %s
        """,
        (name, limit),
    )
    return [
        NamedPart(row.part, PartProgress(row.position, row.rows, row.is_read))
        for row in cursor.fetchall()
    ]


def keep_part(cursor: Cursor, name: str, part_name: str, progress: PartProgress) -> None:
    """Note how far a part is read."""
    cursor.execute(
        """
        insert into import_parts (import_name, part, position, rows, is_read)
        values (%s, %s, %s, %s, %s)
        on conflict (import_name, part) do update
        set position = excluded.position, rows = excluded.rows, is_read = excluded.is_read
        """,
        (name, part_name, progress.position, progress.rows, progress.is_read),
    )


def reasons(cursor: Cursor, name: str) -> list[ReasonCount]:
    """Why rows were refused, the most frequent reason first."""
    cursor.execute(
        """
        select code, sum(rows)::bigint as rows, max(example) as example
        from import_counts
        where import_name = %(name)s and outcome = 'refused'
        group by code
        having sum(rows) <> 0
        order by rows desc, code
        """,
        {"name": name},
    )
    return [ReasonCount(row.code, row.rows, row.example) for row in cursor.fetchall()]


def _entry(row: Any) -> ImportEntry:
    return ImportEntry(
        plan=ImportPlan(row.name, row.account_id, row.source, row.format, row.options, row.licence),
        begun_at=row.begun_at,
        read_at=row.read_at,
        is_retry_asked=row.retry_asked_at is not None,
        undo_asked_at=row.undo_asked_at,
        undone_at=row.undone_at,
        rows={name: int(count) for name, count in row.counts.items()},
    )
