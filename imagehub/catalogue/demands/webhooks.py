"""Webhooks: where an account wants to be told by HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class Webhook:
    """One address of an account; its secret was shown once."""

    id: UUID
    url: str
    made_at: datetime


def add(cursor: Cursor, account_id: UUID, url: str, secret: str) -> UUID | None:
    """Write a webhook; None if the account has that address already."""
    cursor.execute(
        """
        insert into webhooks (account_id, url, secret)
        values (%s, %s, %s)
        on conflict (account_id, url) do nothing
        returning id
        """,
        (account_id, url, secret),
    )
    row = cursor.fetchone()
    return row.id if row else None


def hold_owner(cursor: Cursor, account_id: UUID) -> None:
    """Let no other webhook of the account be made until the transaction ends."""
    cursor.execute(
        "select pg_advisory_xact_lock(hashtextextended('webhook of ' || %s, 0))", (str(account_id),)
    )


def of_account(cursor: Cursor, account_id: UUID) -> list[Webhook]:
    """An account's webhooks, the oldest first."""
    cursor.execute(
        "select id, url, made_at from webhooks where account_id = %s order by made_at, id",
        (account_id,),
    )
    return [Webhook(row.id, row.url, row.made_at) for row in cursor.fetchall()]


def remove(cursor: Cursor, account_id: UUID, webhook_id: UUID) -> bool:
    """Delete a webhook and what still waits for it; False if the account has none such."""
    cursor.execute(
        "delete from webhooks where id = %s and account_id = %s", (webhook_id, account_id)
    )
    return bool(cursor.rowcount)


def remove_all(cursor: Cursor, account_id: UUID) -> None:
    """Delete an account's webhooks."""
    cursor.execute("delete from webhooks where account_id = %s", (account_id,))
