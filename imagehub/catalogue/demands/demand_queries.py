"""What pages and API read of demands: how far they are, and which suit whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Label

OPEN = "open"


@dataclass(frozen=True, slots=True)
class DemandEntry:
    """A demand and how far it is; `verified` is at most `target`.

    `state` is open, reached, expired, withdrawn or closed; `is_watched` says that the account that
    the list was made for is told what becomes of it.
    """

    id: UUID
    label: Label
    target: int
    why: str
    asked_at: datetime
    until: datetime
    asker_id: UUID
    asker: str
    verified: int
    watchers: int
    state: str
    ended_at: datetime | None
    closed_because: str
    is_watched: bool

    @property
    def is_open(self) -> bool:
        """True while photos still count."""
        return self.state == OPEN

    @property
    def share(self) -> float:
        """How much of the target is reached, 0 to 1."""
        return self.verified / self.target


_ENTRIES = """
    select e.*,
        exists (
            select from demand_watchers w
            where w.demand_id = e.id and w.account_id = %(account)s
        ) as is_watched
    from demand_entries e
    """
_BY_NEED_AND_NEARNESS = """
    left join (
        select d.label, min(up.distance + down.distance) as steps
        from (select distinct label from open_demands) d
        join label_ancestors up on up.mid = d.label
        join label_ancestors down on down.ancestor = up.ancestor
        join (
            select distinct claimed_label as mid
            from (
                select claimed_label
                from acceptances
                where account_id = %(account)s
                order by accepted_at desc
                limit 200
            ) u
        ) sent on sent.mid = down.mid
        where up.distance + down.distance = 0
            or exists (select from label_edges r where r.child = up.ancestor and r.kind = 'is_a')
        group by d.label
    ) near on near.label = e.label
    where e.state = 'open'
    order by (1 - e.verified::float / e.target) * (1 + ln(1 + e.watchers)) * (
        1 + coalesce(2.0 / (1 + near.steps), 0)
    ) desc, e.until, e.id
    limit %(limit)s
    offset %(place)s
    """


def find(cursor: Cursor, demand_id: UUID, account_id: UUID | None) -> DemandEntry | None:
    """One demand."""
    cursor.execute(_ENTRIES + " where e.id = %(id)s", {"account": account_id, "id": demand_id})
    row = cursor.fetchone()
    return _entry(row) if row else None


def open_of_label(cursor: Cursor, mid: str, account_id: UUID | None) -> list[DemandEntry]:
    """The open demands of a label, the most wanted first."""
    cursor.execute(
        _ENTRIES
        + """
        where e.label = %(label)s and e.state = 'open'
        order by watchers desc, e.asked_at
        limit 20
        """,
        {"account": account_id, "label": mid},
    )
    return [_entry(row) for row in cursor.fetchall()]


def open_wishes(cursor: Cursor, mids: Sequence[str]) -> dict[tuple[str, str], str]:
    """The open demands of labels: (MID, why) and the demand's id."""
    cursor.execute(
        """
        select label, why, min(id::text) as id
        from open_demands
        where label = any(%s)
        group by label, why
        """,
        (list(mids),),
    )
    return {(row.label, row.why): row.id for row in cursor.fetchall()}


def ended(cursor: Cursor, account_id: UUID | None, limit: int) -> list[DemandEntry]:
    """The demands that were reached or whose time ran out, the latest first."""
    cursor.execute(
        _ENTRIES
        + """
        where e.state in ('reached', 'expired')
        order by e.ended_at desc
        limit %(limit)s
        """,
        {"account": account_id, "limit": limit},
    )
    return [_entry(row) for row in cursor.fetchall()]


def missions(cursor: Cursor, account_id: UUID | None, offset: int, limit: int) -> list[DemandEntry]:
    """Open demands, first those that lack most, that many want, and that are near what the account
    sent before; from the place on, the first being 0: the order is worked out anew each time.

    Nearness is the number of is-a steps between two labels through a common ancestor that is not
    the root; the labels of the account's last 200 uploads count.
    """
    cursor.execute(
        _ENTRIES + _BY_NEED_AND_NEARNESS,
        {"account": account_id, "place": offset, "limit": limit},
    )
    return [_entry(row) for row in cursor.fetchall()]


def _entry(row: Any) -> DemandEntry:
    return DemandEntry(
        id=row.id,
        label=Label(row.label, row.label_name),
        target=row.target,
        why=row.why,
        asked_at=row.asked_at,
        until=row.until,
        asker_id=row.account_id,
        asker=row.asker,
        verified=row.verified,
        watchers=row.watchers,
        state=row.state,
        ended_at=row.ended_at,
        closed_because=row.closed_because,
        is_watched=row.is_watched,
    )
