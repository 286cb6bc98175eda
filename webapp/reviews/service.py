"""A reviewer's answer on a photo's own page, or by program: does this photo show this label?"""

from __future__ import annotations

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.reviews import reviews
from imagehub.catalogue.reviews.reviews import Review
from imagehub.vocabulary import Account, ReviewAnswer
from webapp.images import permissions
from webapp.images import service as images
from webapp.images.service import IMAGE_ID


def answer(
    database: Database, account: Account, image_id: str, mid: str, review_answer: ReviewAnswer
) -> Review:
    """Write a person's answer, in place of an earlier one.

    Raises Forbidden for the account's own photos, NotFound for a claim that was not made.
    """
    with database.transaction() as cursor:
        _require(cursor, account, image_id, mid)
        reviews.write(cursor, image_id, mid, account.id, review_answer)
        return next(
            review
            for review in reviews.of_image(cursor, image_id)
            if (review.label, review.account_id) == (mid, account.id)
        )


def withdraw(database: Database, account: Account, image_id: str, mid: str) -> None:
    """Take a person's answer back, if there is one; raises what `answer` raises."""
    with database.transaction() as cursor:
        _require(cursor, account, image_id, mid)
        reviews.withdraw(cursor, image_id, mid, account.id)


def own_answer(database: Database, account: Account, image_id: str, mid: str) -> Review | None:
    """What this person has answered, if anything."""
    if not IMAGE_ID.fullmatch(image_id):
        return None
    with database.transaction() as cursor:
        found = reviews.of_image(cursor, image_id)
    return next(
        (review for review in found if (review.label, review.account_id) == (mid, account.id)), None
    )


def _require(cursor: Cursor, account: Account, image_id: str, mid: str) -> None:
    images.visible(cursor, image_id, account)
    permissions.require_review(cursor, account, image_id, mid)
