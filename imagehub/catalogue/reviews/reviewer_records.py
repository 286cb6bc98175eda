"""What people are told of their own answers: late, and ten or more at a time."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """How many answers somebody gave; how many were settled later, and how many of those agreed."""

    answers: int
    settled: int
    agreed: int


def own(cursor: Cursor) -> OwnRecord:
    """The record of who asks."""
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
