"""What stands in the way of a photo that was withdrawn or taken down and comes again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
