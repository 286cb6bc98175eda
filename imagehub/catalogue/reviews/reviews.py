"""What people say of one (image, claimed label): yes, no or unsure, each person once.

They learn how right their answers were late, and of ten or more answers at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import ReviewAnswer


@dataclass(frozen=True, slots=True)
class Review:
    """One person's answer to: does this image show this label?"""

    image_id: str
    label: str
    account_id: UUID
    reviewer: str
    answer: ReviewAnswer
    reviewed_at: datetime


def write(
    cursor: Cursor, image_id: str, label: str, account_id: UUID, answer: ReviewAnswer
) -> None:
    """Write an answer, in place of an earlier one of the same person."""
    cursor.execute(
        """
        insert into reviews (image_id, label, account_id, answer)
        values (%s, %s, %s, %s)
        on conflict (image_id, label, account_id) do update
        set answer = excluded.answer, reviewed_at = now()
        where reviews.answer <> excluded.answer
        """,
        (image_id, label, account_id, str(answer)),
    )


def withdraw(cursor: Cursor, image_id: str, label: str, account_id: UUID) -> bool:
    """Take a person's answer back; False if there was none."""
    cursor.execute(
        "delete from reviews where image_id = %s and label = %s and account_id = %s",
        (image_id, label, account_id),
    )
    return bool(cursor.rowcount)


def of_image(cursor: Cursor, image_id: str) -> list[Review]:
    """All answers on one image, the latest first."""
    cursor.execute(
        """
        select r.*, a.name as reviewer
        from reviews r
        join accounts a on a.id = r.account_id
        where r.image_id = %s
        order by r.reviewed_at desc, a.name
        """,
        (image_id,),
    )
    return [
        Review(
            image_id=row.image_id,
            label=row.label,
            account_id=row.account_id,
            reviewer=row.reviewer,
            answer=ReviewAnswer(row.answer),
            reviewed_at=row.reviewed_at,
        )
        for row in cursor.fetchall()
    ]


def concerns(cursor: Cursor, image_id: str) -> bool:
    """True if a claim on the image or its duplicate waits, or the requester answered it."""
    cursor.execute("select waits_for_asker(%s) as concerns", (image_id,))
    return bool(cursor.fetchone().concerns)


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """How many answers a reviewer gave, how many were settled later, how many of those agreed."""

    answers: int
    settled: int
    agreed: int


def own_record(cursor: Cursor) -> OwnRecord:
    """The requester's record."""
    cursor.execute(
        """
        select (select count(*) from reviews where account_id = asking_account()) as answers,
            coalesce(max(settled), 0) as settled, coalesce(max(agreed), 0) as agreed
        from reviewer_records
        where account_id = asking_account()
        """
    )
    row = cursor.fetchone()
    return OwnRecord(row.answers, row.settled, row.agreed)
