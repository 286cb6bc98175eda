"""Questions of the review desk: who was asked what. Which are gold, nobody can read here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Label, ReviewAnswer

GOLD_SHARE = 0.08
"""The share of questions whose answer is known beforehand."""


@dataclass(frozen=True, slots=True)
class Question:
    """One claim before one person; `width` and `height` are the full derivative's, in pixels."""

    id: UUID
    image_id: str
    photo_sha256: str
    label: Label
    width: int
    height: int
    answer: ReviewAnswer | None
    answered_at: datetime | None


def deal(cursor: Cursor, wanted: int, most_a_day: int, resting_a_day: int) -> list[Question]:
    """Who asks gets questions until so many are open, or the day's are used up; return the open."""
    cursor.execute(
        # Dealt first, and read then: the function's own rows are not visible to its statement.
        "select id from deal_review_questions(%s, %s, %s, %s)",
        (wanted, GOLD_SHARE, most_a_day, resting_a_day),
    )
    dealt = cursor.fetchall()
    return [found for row in dealt if (found := find(cursor, row.id))]


def find(cursor: Cursor, question_id: UUID) -> Question | None:
    """A question that was put to who asks, answered or not."""
    cursor.execute(f"{_READ} from review_questions q {_JOINS} where q.id = %s", (question_id,))
    row = cursor.fetchone()
    return row and _question(row)


_READ = """
    select q.id, q.image_id, i.photo_sha256, l.mid, l.name, i.full_width, i.full_height,
        r.answer, r.reviewed_at
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
        label=Label(row.mid, row.name),
        width=row.full_width,
        height=row.full_height,
        answer=ReviewAnswer(row.answer) if row.answer else None,
        answered_at=row.reviewed_at,
    )
