"""Rows of imports: which are known, what became of each, and how all are withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg2.extras import execute_values

from imagehub.catalogue.database import Cursor

OUTCOMES = ("waiting", "landed", "duplicate", "refused", "undone")


@dataclass(frozen=True, slots=True, order=True)
class RowPlace:
    """A row of an import: the photo's place in the source, and which of its labels."""

    key: str
    number: int


@dataclass(frozen=True, slots=True)
class KnownRow:
    """What is known of a row that was met before."""

    outcome: str
    attempt: int


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A row to be kept: sent under an upload's id, or refused with code and reason."""

    place: RowPlace
    part: str
    label: str
    attempt: int
    upload_id: UUID | None = None
    code: str | None = None
    reason: str | None = None

    @property
    def outcome(self) -> str:
        """What is true of it now."""
        return "waiting" if self.code is None else "refused"


@dataclass(frozen=True, slots=True)
class ReportedRow:
    """A row as the report tells it; `image_id` is the photo that it landed as, or repeats."""

    place: RowPlace
    label: str
    outcome: str
    code: str
    reason: str
    upload_id: UUID | None
    image_id: str | None


def known(cursor: Cursor, name: str, keys: Sequence[str]) -> dict[RowPlace, KnownRow]:
    """Which of these photos' rows were met before."""
    cursor.execute(
        """
        select key, number, outcome, attempt
        from import_rows
        where import_name = %s and key = any(%s)
        """,
        (name, list(keys)),
    )
    return {
        RowPlace(row.key, row.number): KnownRow(row.outcome, row.attempt)
        for row in cursor.fetchall()
    }


def parts_refused(cursor: Cursor, name: str) -> set[str]:
    """The parts in which rows were refused."""
    cursor.execute(
        "select distinct part from import_rows where import_name = %s and outcome = 'refused'",
        (name,),
    )
    return {row.part for row in cursor.fetchall()}


def refused_places(cursor: Cursor, name: str, part: str) -> list[RowPlace]:
    """Where the refused rows of a part are."""
    cursor.execute(
        """
        select key, number
        from import_rows
        where import_name = %s and outcome = 'refused' and part = %s
        order by key, number
        """,
        (name, part),
    )
    return [RowPlace(row.key, row.number) for row in cursor.fetchall()]


def remove(cursor: Cursor, name: str, place: RowPlace) -> None:
    """Drop a refused row that stands in a table of its own now."""
    cursor.execute(
        "delete from import_rows where import_name = %s and key = %s and number = %s",
        (name, place.key, place.number),
    )


def keep(cursor: Cursor, name: str, rows: Iterable[ImportRow]) -> None:
    """Keep rows; a refused one gives way to what became of it when it was tried again."""
    execute_values(
        cursor,
        """
        insert into import_rows (
            import_name, key, number, part, label, outcome, code, reason, upload_id, attempt
        )
        values %s
        on conflict (import_name, key, number) do update
        set label = excluded.label, outcome = excluded.outcome, code = excluded.code,
            reason = excluded.reason, upload_id = excluded.upload_id,
            attempt = excluded.attempt, sent_at = now()
        where import_rows.outcome = 'refused'
        """,
        [
            (
                *(name, row.place.key, row.place.number, row.part, row.label, row.outcome),
                *(row.code, row.reason, row.upload_id, row.attempt),
            )
            for row in rows
        ],
        page_size=1000,
    )


def forget(cursor: Cursor, name: str, part: str) -> None:
    """Drop what was said of a part as a whole, before it is read: damaged, or without a file."""
    cursor.execute(
        """
        delete from import_rows
        where import_name = %(name)s
            and outcome = 'refused'
            and part = %(part)s
            and (key = %(part)s or code = 'file_missing')
        """,
        {"name": name, "part": part},
    )


def any_to_settle(cursor: Cursor, look_at: int) -> bool:
    """True if one of the rows that wait longest has left the log."""
    cursor.execute(
        """
        select exists (
            select
            from (
                select upload_id
                from import_rows
                where outcome = 'waiting'
                order by sent_at
                limit %s
            ) r
            where exists (select from uploads u where u.id = r.upload_id)
                or exists (select from dead_letters d where d.upload_id = r.upload_id)
        ) as found
        """,
        (look_at,),
    )
    return bool(cursor.fetchone().found)


def settle(cursor: Cursor, limit: int) -> int:
    """Take over what became of rows that have left the log; return how many.

    A photo that another upload brought is a duplicate, unless that was another label's row of the
    same photo.
    """
    cursor.execute(
        """
        with waiting as (
            select import_name, key, number, upload_id
            from import_rows
            where outcome = 'waiting'
            order by sent_at
            limit %s
            for update skip locked
        ), settled as (
            select w.import_name, w.key, w.number,
                case
                    when u.state is distinct from 'landed' then 'refused'
                    when i.first_upload_id = u.id or exists (
                        select
                        from import_rows f
                        where f.upload_id = i.first_upload_id
                            and f.import_name = w.import_name
                            and f.key = w.key
                    ) then 'landed'
                    else 'duplicate'
                end as outcome,
                case when u.id is null then d.code else u.code end as code,
                case when u.id is null then d.reason else u.reason end as reason
            from waiting w
            left join uploads u on u.id = w.upload_id
            left join images i on i.id = u.image_id
            left join lateral (
                select code, reason from dead_letters d where d.upload_id = w.upload_id limit 1
            ) d on true
            where u.id is not null or d.code is not null
        )
        update import_rows r
        set outcome = s.outcome, code = s.code, reason = s.reason
        from settled s
        where r.import_name = s.import_name and r.key = s.key and r.number = s.number
        """,
        (limit,),
    )
    return int(cursor.rowcount)


def count_waiting(cursor: Cursor, name: str) -> int:
    """How many rows of an import have not left the log."""
    cursor.execute(
        """
        select coalesce(sum(rows), 0)::bigint as rows
        from import_counts
        where import_name = %s and outcome = 'waiting'
        """,
        (name,),
    )
    return int(cursor.fetchone().rows)


def withdraw(cursor: Cursor, name: str, limit: int) -> int:
    """Take back the uploads of some rows, as their contributor would; return how many rows."""
    cursor.execute(
        """
        with here as (
            select key, number, upload_id
            from import_rows
            where import_name = %(name)s and outcome in ('landed', 'duplicate', 'waiting')
            limit %(limit)s
        ), asked as (
            insert into withdrawals (upload_id, account_id, photo_sha256)
            select a.upload_id, a.account_id, a.photo_sha256
            from acceptances a
            join here on here.upload_id = a.upload_id
            on conflict (upload_id) do nothing
        )
        update import_rows r
        set outcome = 'undone'
        from here
        where r.import_name = %(name)s and r.key = here.key and r.number = here.number
        """,
        {"name": name, "limit": limit},
    )
    return int(cursor.rowcount)


def listed(
    cursor: Cursor, name: str, outcome: str, after: RowPlace | None, limit: int
) -> list[ReportedRow]:
    """Rows of one outcome in the order of their places, from behind `after` on."""
    cursor.execute(
        """
        select r.key, r.number, r.label, r.outcome, coalesce(r.code, '') as code,
            coalesce(r.reason, '') as reason, r.upload_id, u.image_id
        from import_rows r
        left join uploads u on u.id = r.upload_id
        where r.import_name = %(name)s
            and r.outcome = %(outcome)s
            and (r.key, r.number) > (%(key)s, %(number)s)
        order by r.key, r.number
        limit %(limit)s
        """,
        {
            "name": name,
            "outcome": outcome,
            "key": after.key if after else "",
            "number": after.number if after else -1,
            "limit": limit,
        },
    )
    return [_reported(row) for row in cursor.fetchall()]


def _reported(row: Any) -> ReportedRow:
    return ReportedRow(
        place=RowPlace(row.key, row.number),
        label=row.label,
        outcome=row.outcome,
        code=row.code,
        reason=row.reason,
        upload_id=row.upload_id,
        image_id=row.image_id,
    )
