"""Withdrawals as contributors ask for them, and what receipts tell of photos that are gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class UploadEnding:
    """How an upload ended: taken back by its contributor, or its photo taken down, and since when.

    `removed_at` is None while its bytes are still being removed; `kind` is why it was taken down.
    """

    is_takedown: bool
    asked_at: datetime
    removed_at: datetime | None
    kind: str | None


def ask(cursor: Cursor, account_id: UUID, upload_ids: Sequence[UUID]) -> UUID | None:
    """Take the account's upload with one of these ids back; None if it has none.

    Asked again, or by two at once, it stays taken back since the first time.
    """
    cursor.execute(
        """
        with own as (
            select upload_id, photo_sha256
            from acceptances
            where account_id = %(account)s::uuid and upload_id = any(%(ids)s::uuid[])
            union
            select id, photo_sha256
            from uploads
            where account_id = %(account)s::uuid and id = any(%(ids)s::uuid[])
            limit 1
        ), asked as (
            insert into withdrawals (upload_id, account_id, photo_sha256)
            select upload_id, %(account)s::uuid, photo_sha256
            from own
            on conflict (upload_id) do nothing
        )
        select upload_id
        from own
        """,
        {"account": account_id, "ids": list(upload_ids)},
    )
    row = cursor.fetchone()
    return row.upload_id if row else None


def endings(cursor: Cursor, upload_ids: Sequence[UUID]) -> dict[UUID, UploadEnding]:
    """How those of the uploads ended that were withdrawn or whose photo was taken down."""
    cursor.execute(
        """
        select asked.id, w.upload_id is null as is_takedown,
            coalesce(w.asked_at, d.decided_at, t.buried_at) as asked_at,
            case when w.upload_id is null then t.swept_at else n.removed_at end as removed_at,
            case when w.upload_id is null then coalesce(d.kind, t.reason) end as kind
        from unnest(%s::uuid[]) asked (id)
        left join lateral (
            select *
            from withdrawn_uploads
            where upload_id = asked.id
            offset 0
        ) w on true
        left join withdrawal_answers n on n.upload_id = asked.id
        left join lateral ( -- each by its id, however many the account has
            select photo_sha256
            from acceptances
            where upload_id = asked.id
            offset 0
        ) a on true
        left join tombstones t on t.photo_sha256 = a.photo_sha256 and t.kind = 'taken_down'
        left join takedowns d on d.photo_sha256 = a.photo_sha256
        where w.upload_id is not null or t.kind is not null or d.kind is not null
        """,
        (list(upload_ids),),
    )
    return {
        row.id: UploadEnding(row.is_takedown, row.asked_at, row.removed_at, row.kind)
        for row in cursor.fetchall()
    }


def hidden_images(cursor: Cursor, image_ids: Sequence[str]) -> set[str]:
    """Those of the images that are hidden, for ever or until an admin decides."""
    cursor.execute(
        "select image_id from concealed_images where image_id = any(%s::bpchar[])",
        (list(image_ids),),
    )
    return {row.image_id for row in cursor.fetchall()}


def visible_images(cursor: Cursor, image_ids: Sequence[str]) -> set[str]:
    """Those of the images that exist and that the requester may see."""
    cursor.execute("select id from images where id = any(%s::bpchar[])", (list(image_ids),))
    return {row.id for row in cursor.fetchall()}
