"""What stands in the way of a photo that was withdrawn or taken down and comes again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from imagehub.catalogue.database import Cursor

CODES = ("withdrawn", "photo_withdrawn", "photo_taken_down", "photo_being_removed")
"""Why an upload is refused whose photo is gone; an index in the schema names them too."""

_SENTENCES = {
    "withdrawn": "You withdrew this upload before it was stored.",
    "photo_withdrawn": (
        "This photo was withdrawn by its contributor. Only who had sent it may send it again."
    ),
    "photo_taken_down": "This photo was taken down, so it cannot be sent again.",
    "photo_being_removed": "This photo is being removed. Send it again in some minutes.",
}


@dataclass(frozen=True, slots=True)
class ArrivingUpload:
    """An upload that may be in the way of a tombstone; `accepted_at` is None for "now"."""

    upload_id: UUID | None
    account_id: UUID
    photo_sha256: str
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Barrier:
    """What an upload meets: why it is refused, if it is, and the photo's last sweep (0: none).

    Bytes that were stored before a sweep are gone: who stored them under another number than the
    present one must store them again.
    """

    code: str | None
    sweep: int

    @property
    def sentence(self) -> str:
        """The refusal for people."""
        return _SENTENCES[self.code] if self.code else ""


def lock(cursor: Cursor, photo_sha256: str) -> None:
    """Keep other landings and removals of this photo waiting until the transaction ends."""
    cursor.execute(
        "select pg_advisory_xact_lock(hashtextextended('photo ' || %s, 0))", (photo_sha256,)
    )


def barrier(cursor: Cursor, sending: ArrivingUpload) -> Barrier:
    """What the upload meets now.

    What was taken down is refused for ever. What was withdrawn is refused while nobody has it here,
    but not from those whose upload of it was accepted before it went.
    """
    cursor.execute(
        """
        select coalesce(t.sweep, 0) as sweep, case
            when exists (select from withdrawals w where w.upload_id = %(upload)s::uuid)
                then 'withdrawn'
            when t.kind = 'taken_down' then 'photo_taken_down'
            when t.swept_at is null and t.photo_sha256 is not null then 'photo_being_removed'
            when t.kind = 'withdrawn' and coalesce(%(at)s::timestamptz, now()) > t.buried_at
                and not exists (select from images i where i.photo_sha256 = %(photo)s)
                and not exists (select from acceptances a where a.photo_sha256 = %(photo)s
                    and a.account_id = %(account)s::uuid and a.accepted_at <= t.buried_at)
                then 'photo_withdrawn'
        end as code
        from (select 1) as one left join tombstones t on t.photo_sha256 = %(photo)s
        """,
        {
            "upload": sending.upload_id,
            "account": sending.account_id,
            "photo": bytes.fromhex(sending.photo_sha256),
            "at": sending.accepted_at,
        },
    )
    row = cursor.fetchone()
    return Barrier(row.code, row.sweep)


Kind = Literal["withdrawn", "taken_down"]


@dataclass(frozen=True, slots=True)
class PurgedPhoto:
    """A photo whose rows are gone and whose bytes may be left; `sweep` numbers the removal."""

    photo_sha256: str
    image_id: str
    kind: Kind
    sweep: int


def reopen(cursor: Cursor, photo_sha256: str) -> None:
    """Let a tombstone be swept again, unless the photo has an image again: the bytes are its own.

    The caller holds the photo's lock.
    """
    cursor.execute(
        """
        update tombstones t
        set sweep = sweep + case when here.image is null then 1 else 0 end, came_again = false,
            swept_at = case when here.image is null then null else now() end
        from (select (select id from images where photo_sha256 = %(photo)s) as image) here
        where t.photo_sha256 = %(photo)s
        """,
        {"photo": bytes.fromhex(photo_sha256)},
    )


def purged_photos(cursor: Cursor) -> list[PurgedPhoto]:
    """The photos that wait to be swept, the oldest first."""
    cursor.execute(
        """
        select encode(photo_sha256, 'hex') as photo, image_id, kind, sweep
        from tombstones
        where swept_at is null
        order by buried_at, photo_sha256
        """
    )
    return [PurgedPhoto(row.photo, row.image_id, row.kind, row.sweep) for row in cursor.fetchall()]


def mark_purged(cursor: Cursor, photo_sha256: str, kind: Kind, reason: str | None) -> None:
    """Put up a tombstone, to be swept; one of a takedown stays one of a takedown."""
    cursor.execute(
        """
        insert into tombstones as t (photo_sha256, kind, reason)
        values (%s, %s, %s)
        on conflict (photo_sha256) do update
        set sweep = t.sweep + 1, swept_at = null, buried_at = now(),
            kind = case when t.kind = 'taken_down' then t.kind else excluded.kind end,
            reason = coalesce(excluded.reason, t.reason)
        """,
        (bytes.fromhex(photo_sha256), kind, reason),
    )


def message_keys(cursor: Cursor, purged: PurgedPhoto) -> list[str]:
    """The uploads whose messages carry the photo: all of them, or those that were withdrawn."""
    cursor.execute(
        """
        select upload_id
        from withdrawals
        where photo_sha256 = %(photo)s
        union
        select id
        from uploads
        where photo_sha256 = %(photo)s and code = any(%(codes)s)
        union
        select upload_id
        from acceptances
        where photo_sha256 = %(photo)s and %(kind)s = 'taken_down'
        """,
        {
            "photo": bytes.fromhex(purged.photo_sha256),
            "codes": list(CODES),
            "kind": purged.kind,
        },
    )
    return [str(row.upload_id) for row in cursor.fetchall()]


def mark_swept(cursor: Cursor, purged: PurgedPhoto) -> None:
    """Remember that this sweep has removed all bytes."""
    cursor.execute(
        "update tombstones set swept_at = now() where photo_sha256 = %s and sweep = %s",
        (bytes.fromhex(purged.photo_sha256), purged.sweep),
    )
