"""What is sent to people's webhooks and by e-mail: queued once, claimed by one worker at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class DeliveryEvent:
    """What is to be sent: to one place once for each `once`."""

    name: str
    body: str
    once: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt's work: to a webhook (`url`, `secret`) or, without one, to an e-mail address.

    `attempts` counts this one.
    """

    id: UUID
    event: str
    body: str
    attempts: int
    url: str | None
    secret: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class DeliveryEntry:
    """A delivery as its account sees it; `url` is None for an e-mail."""

    event: str
    url: str | None
    made_at: datetime
    attempts: int
    state: str
    answer: str


def queue_webhooks(cursor: Cursor, account_id: UUID, event: DeliveryEvent) -> int:
    """Have an event sent to every webhook of the account; return how many were queued."""
    cursor.execute(
        """
        insert into deliveries (account_id, webhook_id, event, body, once)
        select account_id, id, %s, %s, %s
        from webhooks
        where account_id = %s
        on conflict do nothing
        """,
        (event.name, event.body, event.once, account_id),
    )
    return int(cursor.rowcount)


def queue_mail(cursor: Cursor, account_id: UUID, event: DeliveryEvent) -> int:
    """Have an event sent to the account's e-mail address, if it has one."""
    cursor.execute(
        """
        insert into deliveries (account_id, event, body, once)
        select account_id, %s, %s, %s
        from credentials
        where account_id = %s and email is not null
        on conflict do nothing
        """,
        (event.name, event.body, event.once, account_id),
    )
    return int(cursor.rowcount)


def any_due(cursor: Cursor) -> bool:
    """True if something is to be sent now."""
    cursor.execute(
        """
        select exists (
            select from deliveries d
            join accounts a on a.id = d.account_id and a.in_force
            where d.state = 'waiting' and d.next_at <= now()
        ) as any
        """
    )
    return bool(cursor.fetchone().any)


def claim(cursor: Cursor, limit: int, lease_seconds: int, most_attempts: int) -> list[Delivery]:
    """Claim the deliveries that are due; no other worker gets them until the lease is over.

    Whose account is not in force is not written to meanwhile. What has had all its attempts, and
    of the last no result, is given up.
    """
    cursor.execute(
        """
        update deliveries
        set state = 'given_up', answer = 'No attempt came to its end.'
        where state = 'waiting' and next_at <= clock_timestamp() and attempts >= %s
        """,
        (most_attempts,),
    )
    cursor.execute(
        """
        with mine as (
            update deliveries
            set attempts = attempts + 1,
                next_at = clock_timestamp() + make_interval(secs => %(lease)s)
            where id in (
                select d.id
                from deliveries d
                join accounts a on a.id = d.account_id and a.in_force
                where d.state = 'waiting' and d.next_at <= clock_timestamp()
                order by d.next_at
                limit %(limit)s
                for update of d skip locked
            )
            returning *
        )
        select m.id, m.event, m.body, m.attempts, w.url, w.secret,
            case when m.webhook_id is null then c.email end as email
        from mine m
        left join webhooks w on w.id = m.webhook_id
        left join credentials c on c.account_id = m.account_id
        order by m.made_at, m.id
        """,
        {"lease": lease_seconds, "limit": limit},
    )
    return [
        Delivery(row.id, row.event, row.body, row.attempts, row.url, row.secret, row.email)
        for row in cursor.fetchall()
    ]


def sent(cursor: Cursor, delivery_id: UUID, answer: str) -> None:
    """Note that a delivery has arrived."""
    cursor.execute(
        "update deliveries set state = 'sent', answer = %s where id = %s",
        (answer, delivery_id),
    )


def failed(cursor: Cursor, delivery_id: UUID, answer: str, wait_seconds: float | None) -> None:
    """Note what an attempt heard, and try again after a while; None: give up."""
    cursor.execute(
        """
        update deliveries
        set answer = %(answer)s,
            state = case when %(wait)s::float is null then 'given_up' else state end,
            next_at = clock_timestamp() + make_interval(secs => coalesce(%(wait)s::float, 0))
        where id = %(id)s and state = 'waiting'
        """,
        {"answer": answer[:300], "wait": wait_seconds, "id": delivery_id},
    )


def of_account(cursor: Cursor, account_id: UUID, limit: int) -> list[DeliveryEntry]:
    """What was and will be sent to an account, the newest first."""
    cursor.execute(
        """
        select d.event, w.url, d.made_at, d.attempts, d.state, d.answer
        from deliveries d
        left join webhooks w on w.id = d.webhook_id
        where d.account_id = %s
        order by d.made_at desc, d.id
        limit %s
        """,
        (account_id, limit),
    )
    return [DeliveryEntry(*row) for row in cursor.fetchall()]
