"""Photos that are not public, opened by an admin for a while and for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class Opening:
    """A photo that an admin opened, why, and until when."""

    image_id: str
    reason: str
    opened_at: datetime
    ends_at: datetime


def add(cursor: Cursor, admin_id: UUID, image_id: str, reason: str, lasts_seconds: int) -> None:
    """Open a photo to an admin from now on."""
    cursor.execute(
        """
        insert into photo_openings (account_id, image_id, reason, ends_at)
        values (%s, %s, %s, now() + make_interval(secs => %s))
        """,
        (admin_id, image_id, reason, lasts_seconds),
    )


def is_opened(cursor: Cursor, admin_id: UUID, image_id: str) -> bool:
    """True if the admin opened the photo, or work that waits for admins leads to it."""
    cursor.execute("select opened_to(%s, %s) as answer", (admin_id, image_id))
    return bool(cursor.fetchone().answer)


def newest(cursor: Cursor, admin_id: UUID, limit: int) -> list[Opening]:
    """What the admin opened, the latest first."""
    cursor.execute(
        """
        select image_id, reason, opened_at, ends_at
        from photo_openings
        where account_id = %s
        order by id desc
        limit %s
        """,
        (admin_id, limit),
    )
    return [Opening(*row) for row in cursor.fetchall()]
