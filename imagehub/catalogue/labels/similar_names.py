"""Names like a name: of labels, their synonyms, and proposals that wait."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Label

ALIKE = 0.3
"""Share of common trigrams from which two names count as alike, as in pg_trgm."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A name that is there already: of a label (`label`), or of a proposal that waits."""

    name: str
    label: Label | None
    proposal_id: UUID | None


def alike(cursor: Cursor, name: str, limit: int) -> list[Alike]:
    """Names that begin like a name or share many trigrams with it, the most alike first.

    The names of labels, their synonyms, and of proposals that wait.
    """
    cursor.execute(
        """
        with wanted as (
            select trigrams(%(name)s) as runs, lower(%(name)s) as lowered
        ), named as (
            select name, mid, null::uuid as proposal
            from labels, wanted
            where trigrams(name) && runs
            union all
            select s.name, s.label, null
            from label_synonyms s, wanted
            where trigrams(s.name) && runs
            union all
            select p.name, null, p.id
            from label_proposals p, wanted
            where trigrams(p.name) && runs
                and not exists (select from label_changes c where c.proposal_id = p.id)
        ), measured as (
            select named.*,
                (select count(*) from unnest(trigrams(name)) one where one = any(runs)) as common,
                cardinality(trigrams(name)) + cardinality(runs) as together,
                starts_with(lower(name), lowered) as begins
            from named, wanted
        )
        select m.name, m.mid, l.name as label_name, m.proposal
        from measured m
        left join labels l on l.mid = m.mid
        where m.begins or m.common::float / (m.together - m.common) >= %(alike)s
        order by m.common::float / (m.together - m.common) desc, lower(m.name)
        limit %(limit)s
        """,
        {"name": name, "alike": ALIKE, "limit": limit},
    )
    return [
        Alike(row.name, Label(row.mid, row.label_name) if row.mid else None, row.proposal)
        for row in cursor.fetchall()
    ]
