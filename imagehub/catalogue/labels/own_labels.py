"""Labels of our own, as the job `labels` makes and changes them by admins' decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from imagehub.catalogue.database import Cursor

PREFIX = "/h/"
"""How their ids begin; Open Images' begin otherwise, and an import may not bring it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision that is not applied; `proposer` is who proposed the label."""

    id: int
    action: str
    proposal_id: UUID | None
    proposer: UUID | None
    proposed_name: str | None
    label: str | None
    name: str | None
    parents: tuple[str, ...]
    into: str | None
    reason: str


def any_waiting(cursor: Cursor) -> bool:
    """True if a decision is not applied."""
    cursor.execute(
        """
        select exists (
            select from label_changes c
            where not exists (select from label_change_results r where r.change_id = c.id)
        ) as any
        """
    )
    return bool(cursor.fetchone().any)


def waiting(cursor: Cursor) -> list[Waiting]:
    """The decisions that are not applied, in the order in which they were made."""
    cursor.execute(
        """
        select c.id, c.action, c.proposal_id, p.account_id as proposer,
            p.name as proposed_name, c.label, c.name, c.parents, c.into_label, c.reason
        from label_changes c
        left join label_proposals p on p.id = c.proposal_id
        where not exists (select from label_change_results r where r.change_id = c.id)
        order by c.id
        """
    )
    return [
        Waiting(
            id=row.id,
            action=row.action,
            proposal_id=row.proposal_id,
            proposer=row.proposer,
            proposed_name=row.proposed_name,
            label=row.label,
            name=row.name,
            parents=tuple(row.parents),
            into=row.into_label,
            reason=row.reason,
        )
        for row in cursor.fetchall()
    ]


def note(cursor: Cursor, change_id: int, label: str | None, problem: str = "") -> bool:
    """Write what became of a decision; False if that is known already."""
    cursor.execute(
        """
        insert into label_change_results (change_id, label, problem)
        values (%s, %s, %s)
        on conflict do nothing
        """,
        (change_id, label, problem),
    )
    return bool(cursor.rowcount)


def name_is_taken(cursor: Cursor, name: str, but: str | None) -> bool:
    """True if a label that is in use, other than `but`, has the name in any case."""
    cursor.execute(
        """
        select exists (
            select from labels
            where lower(name) = lower(%s) and merged_into is null and mid is distinct from %s
        ) as taken
        """,
        (name, but),
    )
    return bool(cursor.fetchone().taken)


def add(cursor: Cursor, proposal_id: UUID, name: str) -> str:
    """Make the label of a proposal; return its id."""
    cursor.execute(
        """
        insert into labels (mid, name, proposal_id)
        values (%s || lpad(nextval('own_label_numbers')::text, 4, '0'), %s, %s)
        returning mid
        """,
        (PREFIX, name, proposal_id),
    )
    return str(cursor.fetchone().mid)


def hang_below(cursor: Cursor, mid: str, parents: Sequence[str]) -> None:
    """Make a label a kind of others."""
    cursor.execute(
        """
        insert into label_edges (child, parent, kind)
        select %(mid)s, parent, 'is_a'
        from unnest(%(parents)s::text[]) parent
        where parent <> %(mid)s
        on conflict do nothing
        """,
        {"mid": mid, "parents": list(parents)},
    )


def rename(cursor: Cursor, mid: str, name: str) -> None:
    """Call a label of our own by another name; it is found by the old one too."""
    cursor.execute(
        """
        insert into label_synonyms (label, name)
        select mid, name
        from labels
        where mid = %s
        on conflict do nothing
        """,
        (mid,),
    )
    cursor.execute(
        "update labels set name = %s, imported_at = clock_timestamp() where mid = %s", (name, mid)
    )


def merge(cursor: Cursor, mid: str, into: str) -> None:
    """Offer a label of our own no longer: its photos count for another, which has its names."""
    cursor.execute(
        """
        insert into label_synonyms (label, name)
        select %(into)s, name
        from labels
        where mid = %(mid)s
        union
        select %(into)s, name
        from label_synonyms
        where label = %(mid)s
        on conflict do nothing
        """,
        {"mid": mid, "into": into},
    )
    cursor.execute(
        "update labels set merged_into = %s, imported_at = clock_timestamp() where mid = %s",
        (into, mid),
    )


def add_synonym(cursor: Cursor, mid: str, name: str) -> None:
    """Let a label be found by another name."""
    cursor.execute(
        "insert into label_synonyms (label, name) values (%s, %s) on conflict do nothing",
        (mid, name),
    )
