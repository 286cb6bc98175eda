"""An admin opens a private photo, for a reason and an hour; its senders get a notice."""

from __future__ import annotations

import re

from imagehub.catalogue.accounts import audit_events
from imagehub.catalogue.database import Database
from imagehub.catalogue.demands import notices
from imagehub.catalogue.demands.notices import News
from imagehub.catalogue.images import image_queries
from imagehub.catalogue.moderation import photo_openings, reports
from imagehub.catalogue.moderation.photo_openings import Opening
from imagehub.errors import Refused
from imagehub.vocabulary import Account
from webapp.http.boundary import is_safe

LASTS_SECONDS = 3600
SHOWN = 20
MAX_REASON_CHARACTERS = 500
IMAGE = re.compile(r"(?:.*/images/)?([0-9a-f]{16})")
"""An image's id, or the address of its page."""


def open_photo(database: Database, admin: Account, photo: str, reason: str) -> str:
    """Open a photo to an admin, and return its image's id; nothing is noted of a public one.

    The audit log has an entry for each sender, and each gets a notice with the reason.
    Raises Refused for no reason (`reason_invalid`) and for no photo (`photo_unknown`).
    """
    found, reason_text = IMAGE.fullmatch(photo.strip()), " ".join(reason.split())
    if not reason_text or len(reason_text) > MAX_REASON_CHARACTERS or not is_safe(reason_text):
        raise Refused(
            "reason_invalid", f"Give a reason, in at most {MAX_REASON_CHARACTERS} characters."
        )
    with database.transaction() as cursor:
        image = image_queries.find(cursor, found[1]) if found else None
        if image is None:
            raise Refused("photo_unknown", "There is no such photo. Give its id, or its address.")
        if image.is_public:
            return image.id
        photo_openings.add(cursor, admin.id, image.id, reason_text, LASTS_SECONDS)
        words = f"The admin {admin.name} looked at your photo {image.id[:6]}: {reason_text}"
        for account_id in reports.senders(cursor, image.id):
            audit_events.write(
                cursor,
                "private photo opened",
                account_id,
                admin.id,
                f"image {image.id}: {reason_text}",
            )
            if account_id != admin.id:
                link = f"/images/{image.id}"
                notices.tell(cursor, account_id, News("photo.opened", words, link))
    return image.id


def newest(database: Database, admin: Account) -> list[Opening]:
    """What the admin opened, the latest first."""
    with database.transaction() as cursor:
        return photo_openings.newest(cursor, admin.id, SHOWN)
