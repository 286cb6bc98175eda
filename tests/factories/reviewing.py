"""Questions of the review desk, and claims whose answer is known."""

from __future__ import annotations

from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Account
from tests.factories.uploads import Photo


def review_question(cursor: Cursor, account: Account, photo: Photo) -> UUID:
    """The account was asked whether the photo shows the label that it was sent as."""
    cursor.execute(
        "insert into review_questions (account_id, image_id, label) values (%s, %s, %s)"
        " on conflict (account_id, image_id, label) do update set asked_at = now()"
        " returning id::text",
        (str(account.id), photo.image_id, photo.label.mid),
    )
    return UUID(cursor.fetchone().id)


def review_gold(cursor: Cursor, photo: Photo, is_right: bool = True) -> None:
    """The photo's claim tries reviewers from now on."""
    cursor.execute(
        "insert into review_golds (image_id, label, is_right) values (%s, %s, %s)",
        (photo.image_id, photo.label.mid, is_right),
    )


def empty_review_queue(cursor: Cursor) -> None:
    """Decide what other tests of a shared hub left waiting for a person."""
    cursor.execute("update verdicts set outcome = 'rejected' where outcome = 'needs_review'")
