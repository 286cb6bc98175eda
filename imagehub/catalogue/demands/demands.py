"""Demands as people make them, and how they end, as the job `demands` writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Label


@dataclass(frozen=True, slots=True)
class DemandSpec:
    """What is wanted: `target` verified photos of a label (MID) before `until`, and why."""

    label: str
    target: int
    why: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Watcher:
    """An account that gets a demand's notices; with `by_mail` also by e-mail."""

    account_id: UUID
    by_mail: bool


def hold_asker(cursor: Cursor, account_id: UUID) -> None:
    """Let no other demand of the account be asked until the transaction ends."""
    cursor.execute(
        "select pg_advisory_xact_lock(hashtextextended('demand of ' || %s, 0))", (str(account_id),)
    )


def open_of_account(cursor: Cursor, account_id: UUID) -> list[tuple[str, str]]:
    """Label and reason of each demand that the account asks and that has not ended."""
    cursor.execute(
        "select label, why from demand_entries where account_id = %s and state = 'open'",
        (account_id,),
    )
    return [(row.label, row.why) for row in cursor.fetchall()]


def ask(cursor: Cursor, account_id: UUID, demand: DemandSpec) -> UUID:
    """Write a demand; return its id."""
    cursor.execute(
        """
        insert into demands (account_id, label, target, why, until)
        values (%s, %s, %s, %s, %s)
        returning id
        """,
        (account_id, demand.label, demand.target, demand.why, demand.until),
    )
    demand_id: UUID = cursor.fetchone().id
    return demand_id


def hold(cursor: Cursor, demand_id: UUID) -> bool:
    """Lock the demand until the transaction ends; False if there is none.

    What became of it is to be read afterwards, by another statement.
    """
    cursor.execute("select from demands where id = %s for update", (demand_id,))
    return bool(cursor.rowcount)


def join(cursor: Cursor, demand_id: UUID, account_id: UUID, by_mail: bool) -> None:
    """Make the account a watcher of the demand; joining again may change `by_mail`."""
    cursor.execute(
        """
        insert into demand_watchers (demand_id, account_id, by_mail)
        values (%s, %s, %s)
        on conflict (demand_id, account_id) do update
        set by_mail = excluded.by_mail
        """,
        (demand_id, account_id, by_mail),
    )


def leave(cursor: Cursor, demand_id: UUID, account_id: UUID) -> None:
    """Tell the account nothing more of the demand."""
    cursor.execute(
        "delete from demand_watchers where demand_id = %s and account_id = %s",
        (demand_id, account_id),
    )


def close(cursor: Cursor, demand_id: UUID, account_id: UUID, because: str) -> None:
    """End a demand before its time, by who asked or by an admin."""
    cursor.execute(
        """
        update demands
        set closed_at = clock_timestamp(), closed_by = %s, closed_because = %s
        where id = %s and closed_at is null
        """,
        (account_id, because, demand_id),
    )


def watchers(cursor: Cursor, demand_id: UUID) -> list[Watcher]:
    """The accounts that watch a demand."""
    cursor.execute(
        """
        select account_id, by_mail
        from demand_watchers
        where demand_id = %s
        order by account_id
        """,
        (demand_id,),
    )
    return [Watcher(row.account_id, row.by_mail) for row in cursor.fetchall()]


def leave_all(cursor: Cursor, account_id: UUID) -> None:
    """Withdraw an account's open demands and tell it of no other: it leaves the hub."""
    cursor.execute("delete from demand_watchers where account_id = %s", (account_id,))
    cursor.execute(
        """
        update demands
        set closed_at = clock_timestamp(), closed_by = account_id
        where account_id = %s and closed_at is null and id in (select o.id from open_demands o)
        """,
        (account_id,),
    )


@dataclass(frozen=True, slots=True)
class DemandEnd:
    """A demand that has just ended: `outcome` is reached or expired."""

    id: UUID
    label: Label
    target: int
    verified: int
    outcome: str


def any_new(cursor: Cursor) -> bool:
    """True if an open demand was never counted or its time is over."""
    cursor.execute(
        "select exists (select from open_demands where verified is null or until <= now()) as any"
    )
    return bool(cursor.fetchone().any)


def any_open(cursor: Cursor) -> bool:
    """True if a demand is open."""
    cursor.execute("select exists (select from open_demands) as any")
    return bool(cursor.fetchone().any)


def count_progress(cursor: Cursor) -> int:
    """Count anew what has come for each open demand; return how many are open.

    What counts is an image in the label's set, so with the label's descendants, that landed after
    the demand was asked and is no duplicate of another.
    """
    cursor.execute(
        """
        insert into demand_progress (demand_id, verified)
        select d.id,
            (
                select count(distinct m.image_id)
                from current_members m
                join images i on i.id = m.image_id
                where m.label = d.label
                    and i.landed_at > d.asked_at
                    and not exists (select from duplicates x where x.image_id = m.image_id)
            )
        from open_demands d
        order by d.id
        on conflict (demand_id) do update
        set verified = excluded.verified, counted_at = clock_timestamp()
        where demand_progress.outcome is null
        """
    )
    return int(cursor.rowcount)


def due(cursor: Cursor) -> list[UUID]:
    """The open demands that have reached their target, or whose time is over."""
    cursor.execute(
        "select id from open_demands where verified >= target or until <= now() order by id"
    )
    return [row.id for row in cursor.fetchall()]


def end(cursor: Cursor, demand_id: UUID) -> DemandEnd | None:
    """End a demand that is due, once; None if another worker has ended it.

    The caller holds the demand (`demands.hold`) and tells in the same transaction.
    """
    cursor.execute(
        """
        update demand_progress p
        set ended_at = clock_timestamp(),
            outcome = case when p.verified >= d.target then 'reached' else 'expired' end
        from demands d
        join labels l on l.mid = d.label
        where d.id = p.demand_id
            and d.id = %s
            and d.closed_at is null
            and p.outcome is null
            and (p.verified >= d.target or d.until <= now())
        returning d.id, d.label, l.name, d.target, p.verified, p.outcome
        """,
        (demand_id,),
    )
    row = cursor.fetchone()
    if row is None:
        return None
    return DemandEnd(row.id, Label(row.label, row.name), row.target, row.verified, row.outcome)
