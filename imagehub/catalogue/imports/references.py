"""Photos by reference and the labels said of them: partitions that are filled by COPY."""

from __future__ import annotations

import io
from dataclasses import dataclass

import psycopg2.errors
from psycopg2 import sql

from imagehub.catalogue.database import Cursor

PHOTO_COLUMNS = "id, subset, url, page_url, licence, author, title, bytes, md5, rotation"
LABEL_COLUMNS = "photo, source, label, confidence"
COLUMNS = {"referenced_photos": PHOTO_COLUMNS, "imported_labels": LABEL_COLUMNS}
TEXTS = {"referenced_photos": "url, page_url, author, title", "imported_labels": "label"}
"""Columns in which an empty text is one; elsewhere it means: unknown."""

KEYS = {"referenced_photos": "id", "imported_labels": "photo, label, source"}
TABLES = tuple(COLUMNS)


@dataclass(frozen=True, slots=True)
class ReferencedPhoto:
    """A photo by reference: where it is, and under which licence by whom."""

    url: str
    page_url: str
    licence: str | None
    author: str
    title: str


@dataclass(frozen=True, slots=True)
class SaidLabel:
    """What people or a network say of a photo by reference; people's 0 means: it is not there."""

    label: str
    name: str
    source: str
    confidence: float

    @property
    def is_by_people(self) -> bool:
        """False for what a network says."""
        return self.source != "machine"


def prepare(cursor: Cursor, import_name: str) -> None:
    """Make the partitions of an import, unless they are there."""
    number = _number(cursor, import_name)
    for table in TABLES:
        cursor.execute(
            sql.SQL(
                """
                create table if not exists {partition} partition of {table} (
                    import_number default {number}
                )
                for values in ({number});
                revoke all on {partition} from imagehub_web
                """
            ).format(
                partition=_partition(table, number),
                table=sql.Identifier(table),
                number=sql.Literal(number),
            )
        )


def add(cursor: Cursor, import_name: str, table: str, rows: bytes) -> int:
    """Copy rows (CSV, in the order of COLUMNS) into a partition that has no index yet."""
    number = _number(cursor, import_name)
    return _copy(cursor, _partition(table, number), table, rows)


def add_new(cursor: Cursor, import_name: str, table: str, rows: bytes) -> int:
    """Add rows to a partition that is indexed; return how many were new."""
    number = _number(cursor, import_name)
    names = {"partition": _partition(table, number)}
    cursor.execute(
        sql.SQL(
            "create temporary table arriving (like {partition} including defaults) on commit drop"
        ).format(**names)
    )
    _copy(cursor, sql.Identifier("arriving"), table, rows)
    cursor.execute(
        sql.SQL("insert into {partition} select * from arriving on conflict do nothing").format(
            **names
        )
    )
    return int(cursor.rowcount)


def index(cursor: Cursor, import_name: str, table: str) -> int:
    """Index a full partition by what must be unique in it; return how many rows were double."""
    number = _number(cursor, import_name)
    statement = sql.SQL("create unique index if not exists {} on {} ({})").format(
        sql.Identifier(f"{table}_{number}_once"),
        _partition(table, number),
        sql.SQL(KEYS[table]),
    )
    cursor.execute("set local maintenance_work_mem = '256MB'; savepoint before_index")
    try:
        cursor.execute(statement)
        doubles = 0
    except psycopg2.errors.UniqueViolation:
        cursor.execute("rollback to savepoint before_index")
        doubles = _drop_doubles(cursor, number, table)
        cursor.execute(statement)
    cursor.execute(sql.SQL("analyze {}").format(_partition(table, number)))
    return doubles


def unindex(cursor: Cursor, import_name: str, table: str) -> None:
    """Drop a partition's index before more rows are copied in."""
    number = _number(cursor, import_name)
    cursor.execute(
        sql.SQL("drop index if exists {}").format(sql.Identifier(f"{table}_{number}_once"))
    )


def drop(cursor: Cursor, import_name: str) -> None:
    """Drop all that an import brought in by reference."""
    number = _number(cursor, import_name)
    for table in TABLES:
        cursor.execute(sql.SQL("drop table if exists {}").format(_partition(table, number)))


def photo(cursor: Cursor, import_name: str, photo_id: str) -> ReferencedPhoto | None:
    """A photo by its source's id."""
    cursor.execute(
        """
        select url, page_url, licence, author, title
        from referenced_photos
        where import_number = %s and id = %s
        """,
        (_number(cursor, import_name), photo_id),
    )
    row = cursor.fetchone()
    return ReferencedPhoto(*row) if row else None


def said(cursor: Cursor, import_name: str, photo_id: str) -> list[SaidLabel]:
    """What is said of a photo: people first, then the surest."""
    cursor.execute(
        """
        select s.label, coalesce(l.name, s.label) as name, s.source::text, s.confidence
        from imported_labels s
        left join labels l on l.mid = s.label
        where s.import_number = %s and s.photo = %s
        order by s.source = 'machine', s.confidence desc, s.label, s.source
        """,
        (_number(cursor, import_name), photo_id),
    )
    return [SaidLabel(*row) for row in cursor.fetchall()]


def known_mids(cursor: Cursor) -> frozenset[str]:
    """Every label's MID."""
    cursor.execute("select mid from labels")
    return frozenset(row.mid for row in cursor.fetchall())


def _copy(cursor: Cursor, into: sql.Identifier, table: str, rows: bytes) -> int:
    statement = sql.SQL("copy {} ({}) from stdin (format csv, force_not_null ({}))").format(
        into, sql.SQL(COLUMNS[table]), sql.SQL(TEXTS[table])
    )
    cursor.copy_expert(statement, io.BytesIO(rows))
    return int(cursor.rowcount)


def _drop_doubles(cursor: Cursor, number: int, table: str) -> int:
    cursor.execute(
        sql.SQL(
            """
            delete from {partition}
            where ctid in (
                select ctid
                from (
                    select ctid, row_number() over (partition by {key}) as copy
                    from {partition}
                ) numbered
                where copy > 1
            )
            """
        ).format(partition=_partition(table, number), key=sql.SQL(KEYS[table]))
    )
    return int(cursor.rowcount)


def _number(cursor: Cursor, import_name: str) -> int:
    cursor.execute("select number from imports where name = %s", (import_name,))
    return int(cursor.fetchone().number)


def _partition(table: str, number: int) -> sql.Identifier:
    return sql.Identifier(f"{table}_{number}")
