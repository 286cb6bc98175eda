"""Where uploads stand, as their contributors and admins may know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.verification.verdicts import read_verdict
from imagehub.vocabulary import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadFacts:
    """All that is known of one upload; None where it has not come so far.

    `findings` are codes; `is_shared_claim` says that others sent the same photo as the same label.
    """

    upload_id: UUID
    client_key: UUID | None
    account_id: UUID
    asked_at: datetime
    door_code: str | None = None
    door_reason: str | None = None
    claimed_label: str | None = None
    label_name: str | None = None
    photo_sha256: bytes | None = None
    settled_state: str | None = None
    settled_code: str | None = None
    settled_reason: str | None = None
    settled_at: datetime | None = None
    set_aside_at: datetime | None = None
    image_id: str | None = None
    first_upload_id: UUID | None = None
    checked_at: datetime | None = None
    outcome: str | None = None
    reasons: tuple[str, ...] = ()
    decided_at: datetime | None = None
    verdict: Verdict | None = None
    verification_version: int | None = None
    prior: float | None = None
    findings: tuple[str, ...] = ()
    is_shared_claim: bool = False
    keeper_id: str | None = None
    image_is_public: bool = False
    sent_before: bool = False
    keeper_is_public: bool = False
    keeper_is_own: bool = False


def find_own(cursor: Cursor, account_id: UUID, upload_ids: Sequence[UUID]) -> UploadFacts | None:
    """The account's upload with one of these ids; an accepted one before one refused."""
    cursor.execute(
        """
        select *
        from receipts
        where account_id = %s and upload_id = any(%s::uuid[])
        order by door_code is null desc, asked_at desc
        limit 1
        """,
        (account_id, list(upload_ids)),
    )
    row = cursor.fetchone()
    return _standing(row) if row else None


def find_any(cursor: Cursor, upload_id: UUID) -> UploadFacts | None:
    """The upload with this id, of any account: for admins."""
    cursor.execute(
        """
        select *
        from receipts
        where upload_id = %s
        order by door_code is null desc, asked_at desc
        limit 1
        """,
        (upload_id,),
    )
    row = cursor.fetchone()
    return _standing(row) if row else None


def newest(
    cursor: Cursor, account_id: UUID, before: tuple[datetime, UUID] | None, limit: int
) -> list[UploadFacts]:
    """The account's uploads, newest first, from behind `before` (when asked, id) on."""
    cursor.execute(
        _NEWEST,
        {
            "account_id": account_id,
            "at": before[0] if before else "infinity",
            "id": before[1] if before else UUID(int=0),
            "limit": limit,
        },
    )
    return [_standing(row) for row in cursor.fetchall()]


_NEWEST = """
    with page as materialized (
        select upload_id, asked_at
        from (
            (
                select upload_id, accepted_at as asked_at
                from acceptances
                where account_id = %(account_id)s
                    and accepted_at <= %(at)s::timestamptz
                    and (accepted_at, upload_id) < (%(at)s::timestamptz, %(id)s::uuid)
                order by accepted_at desc, upload_id desc
                limit %(limit)s
            )
            union all
            (
                select upload_id, refused_at
                from door_refusals
                where account_id = %(account_id)s
                    and refused_at <= %(at)s::timestamptz
                    and (refused_at, upload_id) < (%(at)s::timestamptz, %(id)s::uuid)
                order by refused_at desc, upload_id desc
                limit %(limit)s
            )
            union all
            (
                select upload_id, accepted_at
                from unaccepted_uploads n
                where account_id = %(account_id)s
                    and accepted_at <= %(at)s::timestamptz
                    and (n.accepted_at, n.upload_id) < (%(at)s::timestamptz, %(id)s::uuid)
                    and not exists (select from acceptances a where a.upload_id = n.upload_id)
                order by accepted_at desc, upload_id desc
                limit %(limit)s
            )
        ) asked
        order by asked_at desc, upload_id desc
        limit %(limit)s
    )
    select r.*
    from page p
    cross join lateral (
        select *
        from receipts
        where account_id = %(account_id)s
            and upload_id = p.upload_id
            and asked_at = p.asked_at
        offset 0
    ) r
    order by r.asked_at desc, r.upload_id desc
    """


def _standing(row: Any) -> UploadFacts:
    values = {
        field.name: getattr(row, field.name)
        for field in fields(UploadFacts)
        if field.name != "verdict"
    }
    values["photo_sha256"] = bytes(row.photo_sha256) if row.photo_sha256 else None
    values["reasons"] = tuple(row.reasons or ())
    values["verdict"] = read_verdict(row) if row.outcome else None
    values["findings"] = tuple(found["code"] for found in row.findings or ())
    return UploadFacts(**values)
