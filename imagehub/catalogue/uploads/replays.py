"""Wishes to have the dead letters tried again, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from imagehub.catalogue.database import Cursor

LOCK = 0x1_A6E_44C
"""Advisory lock that keeps two wishes apart; the number only has to be ours."""


@dataclass(frozen=True, slots=True)
class Replay:
    """One wish; `replayed` is None until ingestion has answered it."""

    asked_at: datetime
    replayed: int | None


def ask(cursor: Cursor, admin_id: UUID) -> bool:
    """Ask for it once; False while an earlier wish is not answered yet."""
    cursor.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
    cursor.execute(
        """
        insert into replay_requests (asked_by)
        select %s
        where not exists (
            select from replay_requests r
            where not exists (select from replay_answers a where a.request_id = r.id)
        )
        """,
        (admin_id,),
    )
    return bool(cursor.rowcount)


def newest(cursor: Cursor) -> Replay | None:
    """The last wish, if there was one."""
    cursor.execute(
        """
        select r.asked_at, a.replayed
        from replay_requests r
        left join replay_answers a on a.request_id = r.id
        order by r.id desc
        limit 1
        """
    )
    row = cursor.fetchone()
    return Replay(*row) if row else None


def open_requests(cursor: Cursor) -> list[int]:
    """The wishes that nobody has answered."""
    cursor.execute(
        """
        select id
        from replay_requests r
        where not exists (select from replay_answers a where a.request_id = r.id)
        order by id
        """
    )
    return [row.id for row in cursor.fetchall()]


def answer(cursor: Cursor, request_id: int, replayed: int) -> None:
    """Say how many dead letters are in the upload log again; the first answer stands."""
    cursor.execute(
        "insert into replay_answers (request_id, replayed) values (%s, %s) on conflict do nothing",
        (request_id, replayed),
    )
