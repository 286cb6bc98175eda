"""How far demands are and how they end, as the job `demands` writes it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Label


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


def count(cursor: Cursor) -> int:
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
    """End a demand that is due, once; None if somebody else has ended it.

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
