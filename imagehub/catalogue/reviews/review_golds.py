"""Claims whose answer is known: chosen where everything agrees, given up where people do not."""

from __future__ import annotations

import random
from collections.abc import Sequence

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.reviews.review_counts import Claim

LOOKED_AT = 5_000
"""So many verdicts are looked at for each answer, from any of them on: a hub may have millions."""


def count(cursor: Cursor) -> dict[bool, int]:
    """How many there are for each answer."""
    cursor.execute("select is_right, count(*) as golds from review_golds group by is_right")
    return {row.is_right: row.golds for row in cursor}


def choose(cursor: Cursor, is_right: bool, wanted: int) -> int:
    """Choose up to so many claims at random; return how many were chosen.

    At least two of crowd, network and reviews speak for the answer, none against it, and together
    they are 99 % sure. A source that says nothing either way says 0.95.
    """
    cursor.execute(
        """
        with looked_at as (
            (
                select v.*
                from verdicts v
                where version = (select version from current_version) and image_id >= %(start)s
                order by image_id
                limit %(looked_at)s
            )
            union all
            (
                select v.*
                from verdicts v
                where version = (select version from current_version) and image_id < %(start)s
                order by image_id
                limit %(looked_at)s
            )
            limit %(looked_at)s
        )
        insert into review_golds (image_id, label, is_right)
        select image_id, label, %(is_right)s
        from (
            select v.image_id, v.label
            from looked_at v
            cross join lateral (
                select count(*) filter (where e.probability > 0.96) as pro,
                    count(*) filter (where e.probability < 0.5) as con,
                    count(*) filter (where e.probability between 0.5 and 0.94) as against
                from jsonb_to_recordset(v.evidence) as e (source text, probability float)
                where e.source in ('crowd', 'network', 'reviews')
            ) said
            where v.outcome = %(outcome)s
                and case
                    when %(is_right)s then v.probability >= 0.99 and pro >= 2 and con + against = 0
                    else v.probability <= 0.01 and con >= 2 and pro = 0
                end
                and not exists (select from duplicates d where d.image_id = v.image_id)
                and not exists (select from concealed_images c where c.image_id = v.image_id)
                and not exists (
                    select from review_golds g
                    where g.image_id = v.image_id and g.label = v.label
                )
        ) found
        order by random()
        limit %(wanted)s
        """,
        {
            "start": f"{random.getrandbits(64):016x}",
            "is_right": is_right,
            "outcome": "verified" if is_right else "rejected",
            "looked_at": LOOKED_AT,
            "wanted": wanted,
        },
    )
    return int(cursor.rowcount)


def give_up(cursor: Cursor, claims: Sequence[Claim]) -> None:
    """These are gold no more: the answers to them are votes like others."""
    cursor.execute(
        """
        delete from review_golds g
        using unnest(%s::bpchar[], %s::text[]) as n (image_id, label)
        where g.image_id = n.image_id and g.label = n.label
        """,
        ([image_id for image_id, _ in claims], [label for _, label in claims]),
    )
