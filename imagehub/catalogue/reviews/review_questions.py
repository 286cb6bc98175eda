"""Questions of the review desk: who was asked what, and claims whose answer is known (gold).

No request can read which claims are gold: the job `verify` chooses them where everything agrees,
and gives them up where people do not.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.reviews.review_counts import Claim
from imagehub.vocabulary import Label, ReviewAnswer

GOLD_SHARE = 0.08
"""The share of questions whose answer is known beforehand."""


@dataclass(frozen=True, slots=True)
class Question:
    """One claim before one person; `width` and `height` are the full derivative's, in pixels."""

    id: UUID
    image_id: str
    photo_sha256: str
    view_sha256: str | None
    label: Label
    width: int
    height: int
    answer: ReviewAnswer | None
    answered_at: datetime | None


def deal(cursor: Cursor, count: int, most_a_day: int, resting_a_day: int) -> list[Question]:
    """Deal until `count` questions are open or the day's are used up; return the open ones."""
    cursor.execute(
        # Dealt first, and read then: the function's own rows are not visible to its statement.
        "select id from deal_review_questions(%s, %s, %s, %s)",
        (count, GOLD_SHARE, most_a_day, resting_a_day),
    )
    dealt = cursor.fetchall()
    return [found for row in dealt if (found := find(cursor, row.id))]


def find(cursor: Cursor, question_id: UUID) -> Question | None:
    """A question that the requester got, answered or not."""
    cursor.execute(f"{_READ} from review_questions q {_JOINS} where q.id = %s", (question_id,))
    row = cursor.fetchone()
    return row and _question(row)


_READ = """
    select q.id, q.image_id, i.photo_sha256, i.view_sha256, l.mid, l.name,
        i.full_width, i.full_height, r.answer, r.reviewed_at
    """
_JOINS = """
    join images i on i.id = q.image_id
    join labels l on l.mid = q.label
    left join reviews r on r.account_id = q.account_id
        and r.image_id = q.image_id
        and r.label = q.label
    """


def _question(row: Any) -> Question:
    return Question(
        id=row.id,
        image_id=row.image_id,
        photo_sha256=bytes(row.photo_sha256).hex(),
        view_sha256=row.view_sha256 and bytes(row.view_sha256).hex(),
        label=Label(row.mid, row.name),
        width=row.full_width,
        height=row.full_height,
        answer=ReviewAnswer(row.answer) if row.answer else None,
        answered_at=row.reviewed_at,
    )


LOOKED_AT = 5_000
"""So many verdicts are looked at for each answer, from any of them on: a hub may have millions."""


def count_golds(cursor: Cursor) -> dict[bool, int]:
    """How many there are for each answer."""
    cursor.execute("select is_right, count(*) as golds from review_golds group by is_right")
    return {row.is_right: row.golds for row in cursor}


_CHOOSE_GOLDS = """
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
    """


def choose_golds(cursor: Cursor, is_right: bool, count: int) -> int:
    """Choose up to `count` claims at random; return how many were chosen.

    At least two of crowd, network and reviews speak for the answer, none against it, and together
    they are 99 % sure. A source that says nothing either way says 0.95.
    """
    cursor.execute(
        _CHOOSE_GOLDS,
        {
            "start": f"{random.getrandbits(64):016x}",
            "is_right": is_right,
            "outcome": "verified" if is_right else "rejected",
            "looked_at": LOOKED_AT,
            "wanted": count,
        },
    )
    return int(cursor.rowcount)


def give_up_golds(cursor: Cursor, claims: Sequence[Claim]) -> None:
    """These are gold no more: the answers to them are votes like others."""
    cursor.execute(
        """
        delete from review_golds g
        using unnest(%s::bpchar[], %s::text[]) as n (image_id, label)
        where g.image_id = n.image_id and g.label = n.label
        """,
        ([image_id for image_id, _ in claims], [label for _, label in claims]),
    )
