"""Everything that the hub keeps of one person, table by table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from psycopg2 import sql
from psycopg2.extras import NamedTupleCursor

from imagehub.catalogue.database import Cursor

ROWS_AT_ONCE = 1000

TABLES: Mapping[str, tuple[str, ...]] = {
    "accounts": ("id",),
    "acceptances": ("account_id",),
    "audit_events": ("account_id", "actor_id"),
    "consents": ("account_id",),
    "credentials": ("account_id",),
    "deliveries": ("account_id",),
    "demand_watchers": ("account_id",),
    "demands": ("account_id", "closed_by"),
    "door_refusals": ("account_id",),
    "duplicate_undos": ("account_id",),
    "imports": ("account_id",),
    "label_changes": ("decided_by",),
    "label_proposals": ("account_id",),
    "notices": ("account_id",),
    "photo_decisions": ("decided_by",),
    "photo_openings": ("account_id",),
    "photo_reports": ("account_id",),
    "release_downloads": ("account_id",),
    "release_requests": ("account_id",),
    "replay_requests": ("asked_by",),
    "review_questions": ("account_id",),
    "reviewer_records": ("account_id",),
    "reviews": ("account_id",),
    "sessions": ("account_id",),
    "subsets": ("account_id",),
    "tokens": ("account_id",),
    "training_cancels": ("account_id",),
    "training_requests": ("account_id",),
    "unaccepted_uploads": ("account_id",),
    "uploads": ("account_id",),
    "webhooks": ("account_id",),
    "withdrawals": ("account_id",),
}
"""Each table with the columns that name whose a row is."""

LEFT_OUT: Mapping[str, str] = {
    "contributor_records": "an estimate of the jobs, made anew each time; it would tell how to"
    " mislead them, and each photo's page says what it did there",
    "sign_in_links": "an unused link is a secret and nothing else",
    "reviewer_skills": "it would tell which questions are checks; reviewer_records says the rest",
}
"""Tables that name an account and are not given out, each with the reason."""

SECRETS = ["secret_sha256", "password_hash", "secret", "token_sha256"]
"""Columns that are never given out: whoever reads them could act for the person."""


def rows(cursor: Cursor, table: str, account_id: UUID) -> Iterator[dict[str, Any]]:
    """Every row of a table that is the account's, as JSON has it, without what is `withheld`.

    They come from a cursor of the server, some at a time.
    """
    columns = sql.SQL(", ").join(
        sql.Identifier("t", name) for name, is_given in _columns(cursor, table) if is_given
    )
    whose = sql.SQL(" or ").join(
        sql.SQL("{} = {}").format(sql.Identifier("t", column), sql.Literal(str(account_id)))
        for column in TABLES[table]
    )
    statement = sql.SQL(
        "select to_jsonb(given) as row from (select {} from {} t where {}) given"
    ).format(columns, sql.Identifier(table), whose)
    with cursor.connection.cursor(name=f"own {table}", cursor_factory=NamedTupleCursor) as reading:
        reading.itersize = ROWS_AT_ONCE
        reading.execute(statement)
        for row in reading:
            yield row.row


def withheld(cursor: Cursor) -> list[str]:
    """TABLE.COLUMN of what `rows` leaves out: secrets, and what no request can read."""
    return [
        f"{table}.{name}"
        for table in TABLES
        for name, is_given in _columns(cursor, table)
        if not is_given
    ]


def _columns(cursor: Cursor, table: str) -> list[tuple[str, bool]]:
    """Each column of a table, and whether it is given out."""
    cursor.execute(
        """
        select attname as name,
            attname <> all(%(secrets)s)
                and has_column_privilege(attrelid, attnum, 'select') as is_given
        from pg_attribute
        where attrelid = %(table)s::regclass and attnum > 0 and not attisdropped
        order by attnum
        """,
        {"secrets": SECRETS, "table": table},
    )
    return [(row.name, row.is_given) for row in cursor.fetchall()]
