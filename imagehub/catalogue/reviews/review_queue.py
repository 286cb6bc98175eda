"""Which images wait for a person."""

from __future__ import annotations

from imagehub.catalogue.database import Cursor


def concerns(cursor: Cursor, image_id: str) -> bool:
    """True if a claim on the image or a duplicate of it waits, or who asks has answered it."""
    cursor.execute("select waits_for_asker(%s) as concerns", (image_id,))
    return bool(cursor.fetchone().concerns)
