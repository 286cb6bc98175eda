"""Labels that people miss, what admins decide about them, and names that are like another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Label


@dataclass(frozen=True, slots=True)
class NewProposal:
    """What is proposed: a name, MIDs of parents, why, ids of own uploads that show it."""

    name: str
    parents: tuple[str, ...]
    why: str
    examples: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A decision about a proposal or about a label of our own: accept, merge, decline, rename."""

    action: str
    proposal_id: UUID | None = None
    label: str | None = None
    name: str | None = None
    parents: tuple[str, ...] = ()
    into: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LabelHistoryEntry:
    """One line of a label's history: who decided what when, and what became of it."""

    action: str
    name: str | None
    into: Label | None
    reason: str
    decided_by: str
    decided_at: datetime
    label: Label | None
    problem: str
    is_applied: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal; `decision` is None while it waits."""

    id: UUID
    account_id: UUID
    proposer: str
    name: str
    parents: tuple[Label, ...]
    why: str
    examples: tuple[str, ...]
    proposed_at: datetime
    decision: LabelHistoryEntry | None


@dataclass(frozen=True, slots=True)
class OwnPhoto:
    """An upload that may be an example; `claimed` is the label's name."""

    upload_id: UUID
    image_id: str
    claimed: str


_PROPOSALS = """
    select p.id, p.account_id as owner, a.name as proposer, p.name, p.why,
        p.proposed_at, e.*,
        array(select l.mid from labels l where l.mid = any(p.parents) order by l.name) as mids,
        array(select l.name from labels l where l.mid = any(p.parents) order by l.name) as names,
        array(
            select u.image_id
            from uploads u
            where u.id = any(p.examples)
                and u.account_id = p.account_id
                and exists (select from images i where i.id = u.image_id)
        ) as images
    from label_proposals p
    join accounts a on a.id = p.account_id
    left join label_events e on e.proposal_id = p.id
    """


def hold(cursor: Cursor) -> None:
    """Let no other proposal be written until the transaction ends."""
    cursor.execute("select pg_advisory_xact_lock(hashtextextended('label proposals', 0))")


def add(cursor: Cursor, account_id: UUID, new: NewProposal) -> UUID:
    """Write a proposal; return its id."""
    cursor.execute(
        """
        insert into label_proposals (account_id, name, parents, why, examples)
        values (%s, %s, %s, %s, %s::uuid[])
        returning id
        """,
        (
            *(account_id, new.name, list(new.parents), new.why),
            list(new.examples),
        ),
    )
    proposal_id: UUID = cursor.fetchone().id
    return proposal_id


def own_photos(cursor: Cursor, account_id: UUID, limit: int) -> list[OwnPhoto]:
    """The photos that the account sent last, one for each image that is not hidden."""
    cursor.execute(
        """
        select *
        from (
            select distinct on (u.image_id) u.id, u.image_id, l.name, u.settled_at
            from uploads u
            join labels l on l.mid = u.claimed_label
            join images i on i.id = u.image_id
            where u.account_id = %(account)s and u.state = 'landed'
            order by u.image_id
        ) own
        order by settled_at desc, id
        limit %(limit)s
        """,
        {"account": account_id, "limit": limit},
    )
    return [OwnPhoto(row.id, row.image_id, row.name) for row in cursor.fetchall()]


def own_uploads(cursor: Cursor, account_id: UUID, ids: Sequence[UUID]) -> int:
    """How many of the uploads are the account's own and landed."""
    cursor.execute(
        """
        select count(*) as own
        from uploads
        where account_id = %s and state = 'landed' and id = any(%s::uuid[])
        """,
        (account_id, list(ids)),
    )
    return int(cursor.fetchone().own)


def find(cursor: Cursor, proposal_id: UUID) -> Proposal | None:
    """One proposal."""
    cursor.execute(_PROPOSALS + " where p.id = %s", (proposal_id,))
    row = cursor.fetchone()
    return _proposal(row) if row else None


def waiting(cursor: Cursor, limit: int) -> list[Proposal]:
    """The undecided proposals, the oldest first."""
    cursor.execute(
        _PROPOSALS + " where e.change_id is null order by p.proposed_at limit %s",
        (limit,),
    )
    return [_proposal(row) for row in cursor.fetchall()]


def decided(cursor: Cursor, limit: int) -> list[Proposal]:
    """The proposals that were decided last."""
    cursor.execute(
        _PROPOSALS + " where e.change_id is not null order by e.decided_at desc limit %s",
        (limit,),
    )
    return [_proposal(row) for row in cursor.fetchall()]


def count_waiting(cursor: Cursor, account_id: UUID) -> int:
    """How many proposals of the account wait."""
    cursor.execute(
        """
        select count(*) as waiting
        from label_proposals p
        where account_id = %s
            and not exists (select from label_changes c where c.proposal_id = p.id)
        """,
        (account_id,),
    )
    return int(cursor.fetchone().waiting)


def decide(cursor: Cursor, change: Change, admin_id: UUID) -> bool:
    """Write a decision; False if the proposal was decided before."""
    cursor.execute(
        """
        insert into label_changes (
            proposal_id, label, action, name, parents, into_label, reason, decided_by
        )
        values (%s, %s, %s, %s, %s, %s, %s, %s)
        on conflict (proposal_id) do nothing
        """,
        (
            change.proposal_id,
            *(change.label, change.action, change.name, list(change.parents), change.into),
            *(change.reason, admin_id),
        ),
    )
    return bool(cursor.rowcount)


def history(cursor: Cursor, mid: str) -> list[LabelHistoryEntry]:
    """What was decided about a label, the latest first."""
    cursor.execute(
        """
        select *
        from label_events
        where of_label = %(mid)s or result = %(mid)s
        order by change_id desc
        """,
        {"mid": mid},
    )
    return [_event(row) for row in cursor.fetchall()]


def _proposal(row: Any) -> Proposal:
    return Proposal(
        id=row.id,
        account_id=row.owner,
        proposer=row.proposer,
        name=row.name,
        parents=tuple(Label(mid, name) for mid, name in zip(row.mids, row.names, strict=True)),
        why=row.why,
        examples=tuple(row.images),
        proposed_at=row.proposed_at,
        decision=_event(row) if row.action else None,
    )


def _event(row: Any) -> LabelHistoryEntry:
    return LabelHistoryEntry(
        action=row.action,
        name=row.new_name,
        into=Label(row.into_label, row.into_name) if row.into_label else None,
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        label=Label(row.result, row.result_name) if row.result else None,
        problem=row.problem,
        is_applied=row.is_applied,
    )
