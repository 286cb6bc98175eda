"""Notices: what any part of the hub tells a person, on the page Notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told: a kind for programs (`demand.reached`), a sentence, a page of the hub.

    An account gets one notice for one `once`, however often it is written.
    """

    kind: str
    words: str
    link: str = ""
    once: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What an account was told."""

    id: int
    kind: str
    words: str
    link: str
    made_at: datetime
    read_at: datetime | None


def tell(cursor: Cursor, account_id: UUID, news: News) -> bool:
    """Tell an account something, in the transaction that makes it true.

    False if it was told before, or the account is suspended or deleted.
    """
    cursor.execute(
        "select tell_account(%s, %s, %s, %s, %s) as told",
        (account_id, news.kind, news.words, news.link, news.once),
    )
    return bool(cursor.fetchone().told)


def of_account(cursor: Cursor, account_id: UUID, before: int, limit: int) -> list[Notice]:
    """What an account was told, the newest first, from before a notice on."""
    cursor.execute(
        """
        select id, kind, words, link, made_at, read_at
        from notices
        where account_id = %s and id < %s
        order by id desc
        limit %s
        """,
        (account_id, before, limit),
    )
    return [Notice(*row) for row in cursor.fetchall()]


def count_unread(cursor: Cursor, account_id: UUID, limit: int) -> int:
    """How many notices the account has not read; no more than `limit` are counted."""
    cursor.execute(
        """
        select count(*) as unread
        from (select from notices where account_id = %s and read_at is null limit %s) few
        """,
        (account_id, limit),
    )
    return int(cursor.fetchone().unread)


def mark_read(cursor: Cursor, account_id: UUID, up_to: int) -> None:
    """Note that the account has read its notices up to one."""
    cursor.execute(
        "update notices set read_at = now() where account_id = %s and id <= %s and read_at is null",
        (account_id, up_to),
    )


def forget(cursor: Cursor, account_id: UUID) -> None:
    """Delete what an account was told."""
    cursor.execute("delete from notices where account_id = %s", (account_id,))
