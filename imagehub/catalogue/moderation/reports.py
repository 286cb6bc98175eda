"""What people say against photos, and what admins decide of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from imagehub.catalogue.database import Cursor


class ReportKind(StrEnum):
    """The kind of a report on a photo."""

    NOT_THIS = "not_this"
    PRIVATE = "private"
    RIGHTS = "rights"
    HARM = "harm"


class DecisionOutcome(StrEnum):
    """What an admin decides of a reported photo."""

    KEEP = "keep"
    TAKE_DOWN = "take_down"


GRAVE = (ReportKind.HARM, ReportKind.PRIVATE)
"""What hides a photo at once, the gravest first."""


@dataclass(frozen=True, slots=True)
class PhotoReport:
    """A report on a photo; `reporter` is a name, empty for a visitor."""

    id: UUID
    account_id: UUID | None
    reporter: str
    kind: ReportKind
    words: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class ReportedPhoto:
    """A photo with open reports: how many, of which kinds, since when, and whether it is hidden."""

    image_id: str
    reports: int
    kinds: tuple[ReportKind, ...]
    first_at: datetime
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class ModerationDecision:
    """What an admin decided of a photo, and why."""

    outcome: DecisionOutcome
    kind: ReportKind
    words: str
    decided_by: str
    decided_at: datetime


def add(
    cursor: Cursor, photo_sha256: str, account_id: UUID | None, kind: ReportKind, words: str
) -> bool:
    """Report a photo; False if the account has an open report of this kind already."""
    cursor.execute(
        """
        insert into photo_reports (photo_sha256, account_id, kind, words)
        values (%s, %s, %s, %s)
        on conflict do nothing
        """,
        (bytes.fromhex(photo_sha256), account_id, str(kind), words),
    )
    return bool(cursor.rowcount)


def is_concealed(cursor: Cursor, image_id: str) -> bool:
    """True if the image is hidden, for ever or until an admin decides."""
    cursor.execute(
        "select exists (select from concealed_images where image_id = %s) as answer", (image_id,)
    )
    return bool(cursor.fetchone().answer)


def waiting(cursor: Cursor, limit: int) -> list[ReportedPhoto]:
    """Photos with open reports, the gravest and oldest first."""
    cursor.execute(
        """
        select r.image_id, count(*) as reports, array_agg(distinct r.kind) as kinds,
            min(r.reported_at) as first_at,
            exists (select from concealed_images c where c.image_id = r.image_id) as is_hidden
        from photo_reports r
        join images i on i.id = r.image_id
        where r.decision_id is null
        group by r.image_id
        order by min(coalesce(array_position(%s, r.kind), 9)), min(r.reported_at), r.image_id
        limit %s
        """,
        ([str(kind) for kind in GRAVE], limit),
    )
    return [
        ReportedPhoto(
            row.image_id,
            row.reports,
            tuple(kind for kind in ReportKind if kind in row.kinds),
            row.first_at,
            row.is_hidden,
        )
        for row in cursor.fetchall()
    ]


def count_waiting(cursor: Cursor) -> int:
    """How many photos have open reports."""
    cursor.execute(
        """
        select count(distinct r.image_id) as photos
        from photo_reports r
        join images i on i.id = r.image_id
        where r.decision_id is null
        """
    )
    return int(cursor.fetchone().photos)


def open_reports(cursor: Cursor, image_id: str) -> list[PhotoReport]:
    """The open reports of a photo, the oldest first."""
    cursor.execute(
        """
        select r.id, r.account_id, coalesce(a.name, '') as reporter, r.kind, r.words, r.reported_at
        from photo_reports r
        left join accounts a on a.id = r.account_id
        where r.image_id = %s and r.decision_id is null
        order by r.reported_at, r.id
        """,
        (image_id,),
    )
    return [_report(row) for row in cursor.fetchall()]


def decisions(cursor: Cursor, image_id: str) -> list[ModerationDecision]:
    """What was decided of a photo before, the newest first."""
    cursor.execute(
        """
        select d.outcome, d.kind, d.words, a.name, d.decided_at
        from photo_decisions d
        join accounts a on a.id = d.decided_by
        where d.image_id = %s
        order by d.id desc
        """,
        (image_id,),
    )
    return [
        ModerationDecision(
            DecisionOutcome(row.outcome), ReportKind(row.kind), row.words, row.name, row.decided_at
        )
        for row in cursor.fetchall()
    ]


def decide(cursor: Cursor, photo_sha256: str, decision: ModerationDecision, admin_id: UUID) -> None:
    """Write a decision; it answers all open reports of the photo."""
    cursor.execute(
        """
        insert into photo_decisions (photo_sha256, outcome, kind, words, decided_by)
        values (%s, %s, %s, %s, %s)
        returning id
        """,
        (
            *(bytes.fromhex(photo_sha256), str(decision.outcome), str(decision.kind)),
            *(decision.words, admin_id),
        ),
    )
    cursor.execute(
        "update photo_reports set decision_id = %s where photo_sha256 = %s and decision_id is null",
        (cursor.fetchone().id, bytes.fromhex(photo_sha256)),
    )


def senders(cursor: Cursor, image_id: str) -> Sequence[UUID]:
    """The accounts whose uploads lead to an image."""
    cursor.execute("select senders_of(%s) as id", (image_id,))
    return [row.id for row in cursor.fetchall()]


def _report(row: Any) -> PhotoReport:
    return PhotoReport(
        row.id,
        row.account_id,
        row.reporter,
        ReportKind(row.kind),
        row.words,
        row.reported_at,
    )
