"""What pages and API read of labels: names, edges and the newest version's counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import EdgeKind, Label


@dataclass(frozen=True, slots=True)
class LabelEntry:
    """A label with its numbers: verified images with and without descendants, direct kinds."""

    label: Label
    images: int
    own_images: int
    kinds: int


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """An entry that a search found; `rank` counts up from the best kind of match, 0."""

    entry: LabelEntry
    rank: int


@dataclass(frozen=True, slots=True)
class ThinLabel:
    """A label that people send photos of and that has few verified ones."""

    label: Label
    claimed: int
    verified: int


def find(cursor: Cursor, mid: str) -> LabelEntry | None:
    """The label with its numbers."""
    cursor.execute("select * from label_entries where mid = %s", (mid,))
    row = cursor.fetchone()
    return _entry(row) if row else None


def merged_into(cursor: Cursor, mid: str) -> Label | None:
    """The label that a label was merged into."""
    cursor.execute(
        """
        select i.mid, i.name
        from labels l
        join labels i on i.mid = l.merged_into
        where l.mid = %s
        """,
        (mid,),
    )
    row = cursor.fetchone()
    return Label(row.mid, row.name) if row else None


def find_many(cursor: Cursor, mids: Sequence[str]) -> list[LabelEntry]:
    """Those of the labels that exist, by name."""
    cursor.execute(
        "select * from label_entries where mid = any(%s) order by lower(name), mid", (list(mids),)
    )
    return [_entry(row) for row in cursor.fetchall()]


def search(cursor: Cursor, text: str, after: tuple[int, str, str], limit: int) -> list[LabelMatch]:
    """Labels whose name or synonym contains `text`, best first; all, by name, for an empty text.

    Accents and case do not matter, but the name as it is written comes first. `after` is the rank,
    the name in lower case and the MID of the last match of the page before; rank -1 begins at the
    start.
    """
    cursor.execute(
        r"""
        with wanted as (
            select folded(%(text)s) as text,
                regexp_replace(folded(%(text)s), '([\\%%_])', '\\\1', 'g') as pattern
        )
        select *
        from (
            select e.*,
                case
                    when lower(e.name) = lower(%(text)s) then 0 -- the name as it is written
                    when l.folded_name = text then 1 -- the name itself
                    when l.folded_name like pattern || '%%' then 2 -- its beginning
                    when l.folded_name like '%% ' || pattern || '%%' then 3 -- a word's beginning
                    else 4
                end as rank
            from wanted, label_entries e
            join labels l using (mid)
            where e.merged_into is null
                and (
                    l.folded_name like '%%' || pattern || '%%'
                    or exists (
                        select from label_synonyms s
                        where s.label = mid and s.folded_name like '%%' || pattern || '%%'
                    )
                )
        ) found
        where (rank, lower(name), mid) > (%(rank)s, %(name)s, %(mid)s)
        order by rank, lower(name), mid
        limit %(limit)s
        """,
        {
            "text": text,
            "limit": limit,
            **dict(zip(("rank", "name", "mid"), after, strict=True)),
        },
    )
    return [LabelMatch(_entry(row), row.rank) for row in cursor.fetchall()]


def largest(cursor: Cursor, limit: int) -> list[LabelEntry]:
    """The labels with most images of their own."""
    cursor.execute(
        """
        select e.*
        from (
            select label
            from label_set_counts
            where own_images > 0
            order by own_images desc
            fetch first %(limit)s rows with ties
        ) most
        join label_entries e on e.mid = most.label
        order by e.own_images desc, lower(e.name), e.mid
        limit %(limit)s
        """,
        {"limit": limit},
    )
    return [_entry(row) for row in cursor.fetchall()]


def below(cursor: Cursor, mid: str, kind: EdgeKind) -> list[LabelEntry]:
    """The labels one step below: its kinds, or its parts; those with most images first."""
    return below_each(cursor, [mid], kind).get(mid, [])


def below_each(cursor: Cursor, mids: Sequence[str], kind: EdgeKind) -> dict[str, list[LabelEntry]]:
    """The labels one step below each of several."""
    cursor.execute(
        """
        select e.parent, l.*
        from label_edges e
        join label_entries l on l.mid = e.child
        where e.parent = any(%s) and e.kind = %s
        order by l.images desc, lower(l.name), l.mid
        """,
        (list(mids), str(kind)),
    )
    found: dict[str, list[LabelEntry]] = {}
    for row in cursor.fetchall():
        found.setdefault(row.parent, []).append(_entry(row))
    return found


def above(cursor: Cursor, mid: str, kind: EdgeKind) -> list[LabelEntry]:
    """The labels one step above, by name: what it is a kind of, or a part of."""
    cursor.execute(
        """
        select l.*
        from label_edges e
        join label_entries l on l.mid = e.parent
        where e.child = %s and e.kind = %s
        order by lower(l.name), l.mid
        """,
        (mid, str(kind)),
    )
    return [_entry(row) for row in cursor.fetchall()]


def tops(cursor: Cursor) -> list[LabelEntry]:
    """Labels that have kinds and hang below nothing: where browsing starts."""
    cursor.execute(
        """
        select *
        from label_entries
        where mid in (
            select parent from label_edges where kind = 'is_a'
            except
            select child from label_edges
        )
        order by images desc, lower(name), mid
        """
    )
    return [_entry(row) for row in cursor.fetchall()]


def edges_upward(cursor: Cursor, mid: str) -> list[tuple[str, Label]]:
    """Every is-a edge between the label and its ancestors: a child's MID and its parent."""
    cursor.execute(
        """
        select e.child, p.mid, p.name
        from label_ancestors a
        join label_edges e on e.child = a.ancestor and e.kind = 'is_a'
        join labels p on p.mid = e.parent
        where a.mid = %s
        order by lower(p.name), p.mid
        """,
        (mid,),
    )
    return [(row.child, Label(row.mid, row.name)) for row in cursor.fetchall()]


def thin(cursor: Cursor, limit: int) -> list[ThinLabel]:
    """Labels with photos claimed and the fewest of them verified; of equals the most claimed.

    More than a hundred claims are told as a hundred: few are verified of either.
    """
    cursor.execute(
        """
        select l.mid, l.name, u.verified, u.claimed
        from (
            select c.label, coalesce(s.own_images, 0) as verified, least(c.images, 100) as claimed
            from claim_counts c
            left join label_set_counts s using (label)
            where c.images > 0 and coalesce(s.own_images, 0) < least(c.images, 100)
            order by verified, claimed desc
            fetch first %(limit)s rows with ties
        ) u
        join labels l on l.mid = u.label
        order by u.verified, u.claimed desc, lower(l.name)
        limit %(limit)s
        """,
        {"limit": limit},
    )
    return [
        ThinLabel(Label(row.mid, row.name), row.claimed, row.verified) for row in cursor.fetchall()
    ]


def claimed(cursor: Cursor, mid: str) -> int:
    """Count the distinct images that were claimed as the label."""
    cursor.execute("select images from claim_counts where label = %s", (mid,))
    row = cursor.fetchone()
    return int(row.images) if row else 0


def outcomes(cursor: Cursor, mid: str) -> dict[str, int]:
    """Count the current version's verdicts on the label by outcome."""
    cursor.execute(
        """
        select c.outcome, c.images
        from verdict_counts c
        join current_version v using (version)
        where c.label = %s
        """,
        (mid,),
    )
    return {row.outcome: row.images for row in cursor.fetchall()}


def _entry(row: Any) -> LabelEntry:
    return LabelEntry(Label(row.mid, row.name), row.images, row.own_images, row.kinds)
