"""What people say of claims, as verification reads it: which consensus is new, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class Votes:
    """What people say of a claim together: a log likelihood ratio, and how many said what.

    `said` is the same in one text, as a verdict remembers it.
    """

    log_ratio: float
    yes: int
    no: int
    said: str


def are_waiting(cursor: Cursor) -> bool:
    """True if there are answers that the consensus has not counted, or counts no more."""
    cursor.execute(
        """
        select exists (
            select from (
                -- An answer becomes visible later than its time; no transaction of the web is open
                -- so long.
                select image_id, label
                from reviews
                where reviewed_at >= now() - interval '15 minutes'
                union
                select image_id, label
                from review_consensus
                where counted_at >= now() - interval '1 hour' and known <> ''
                union
                select image_id, label
                from reviews
                where reviewed_at >
                    coalesce((select max(counted_at) from review_consensus), '-infinity')
            ) t
            left join review_consensus c using (image_id, label)
            where coalesce(c.known, '') <> coalesce((
                select string_agg(r.account_id::text || r.answer, ',' order by r.account_id)
                from reviews r
                where r.image_id = t.image_id and r.label = t.label
            ), '')
        ) as answer
        """
    )
    return bool(cursor.fetchone().answer)


def mark_due(cursor: Cursor, version: int) -> int:
    """Let the claims wait for a verdict of whose people's consensus it does not know."""
    cursor.execute(
        """
        update crowd_claims k
        set next_step = 'judge'
        from (
            select image_id, label
            from review_consensus
            where said <> ''
            union
            select image_id, label
            from crowd_claims
            where version = %(version)s and reviews <> ''
        ) t
        left join review_consensus c using (image_id, label)
        where k.version = %(version)s
            and k.image_id = t.image_id
            and k.label = t.label
            and k.next_step is distinct from 'judge'
            and k.reviews <> coalesce(c.said, '')
        """,
        {"version": version},
    )
    return int(cursor.rowcount)


def of_claims(cursor: Cursor, label: str, image_ids: Sequence[str]) -> dict[str, Votes]:
    """The review outcome of each claim of a label that reviews decided, by image id."""
    cursor.execute(
        """
        select image_id, log_ratio, yes, no, said
        from review_consensus
        where label = %s and image_id = any(%s::bpchar[]) and said <> ''
        """,
        (label, list(image_ids)),
    )
    return {row.image_id: Votes(row.log_ratio, row.yes, row.no, row.said) for row in cursor}


def note(
    cursor: Cursor, version: int, label: str, judged: Iterable[str], votes: Mapping[str, Votes]
) -> None:
    """Remember what the verdicts of these images know of people's answers."""
    rows = {image_id: votes[image_id].said if image_id in votes else "" for image_id in judged}
    cursor.execute(
        """
        update crowd_claims k
        set reviews = n.reviews
        from unnest(%s::bpchar[], %s::text[]) as n (image_id, reviews)
        where k.version = %s and k.label = %s and k.image_id = n.image_id and k.reviews <> n.reviews
        """,
        (list(rows), list(rows.values()), version, label),
    )
