"""The audit log: what was done to accounts, and by whom. It only grows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One thing that was done; `actor` is a name, empty for a command at the machine itself."""

    id: int
    at: datetime
    actor: str
    account: str
    action: str
    detail: str


def write(
    cursor: Cursor, action: str, account_id: UUID, actor_id: UUID | None, detail: str = ""
) -> None:
    """Note what was done to an account, in the transaction that does it."""
    cursor.execute(
        "insert into audit_events (action, account_id, actor_id, detail) values (%s, %s, %s, %s)",
        (action, account_id, actor_id, detail),
    )


_EVENTS = """
    select e.id, e.at, coalesce(actor.name, '') as actor, a.name as account, e.action, e.detail
    from audit_events e
    join accounts a on a.id = e.account_id
    left join accounts actor on actor.id = e.actor_id
    """


def of_account(cursor: Cursor, account_id: UUID, limit: int) -> list[AuditEvent]:
    """What was done to an account, the newest first."""
    cursor.execute(
        _EVENTS + " where e.account_id = %s order by e.id desc limit %s", (account_id, limit)
    )
    return [AuditEvent(*row) for row in cursor.fetchall()]


def newest(cursor: Cursor, before: int, limit: int) -> list[AuditEvent]:
    """What was done to all accounts, the newest first, from before an event on."""
    cursor.execute(_EVENTS + " where e.id < %s order by e.id desc limit %s", (before, limit))
    return [AuditEvent(*row) for row in cursor.fetchall()]
