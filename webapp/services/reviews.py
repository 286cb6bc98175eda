"""People's answers: does this photo show this label? And the queue of claims that wait for one."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.catalogue import images_read, review_queue, reviews
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.review_queue import BEFORE_ALL, Position, Waiting
from imagehub.catalogue.reviews import Review
from imagehub.errors import Refused
from imagehub.vocabulary import Account, ReviewAnswer
from webapp.services import images, permissions
from webapp.services.cursors import Page, decode, page_after, page_before
from webapp.services.images import IMAGE_ID, Place


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The claims beside one in the queue."""

    previous: Waiting | None
    next: Waiting | None


def answer(
    database: Database, account: Account, image_id: str, mid: str, given: ReviewAnswer
) -> Review:
    """Write a person's answer, in place of an earlier one.

    Raises Forbidden for photos of one's own, NotFound for a claim that nobody made.
    """
    with database.transaction() as cursor:
        _require(cursor, account, image_id, mid)
        reviews.write(cursor, image_id, mid, account.id, given)
        return next(
            one
            for one in reviews.of_image(cursor, image_id)
            if (one.label, one.account_id) == (mid, account.id)
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
    return next((one for one in found if (one.label, one.account_id) == (mid, account.id)), None)


def queue(database: Database, account: Account, place: Place, limit: int) -> Page[Waiting]:
    """A page of what waits for this person, the least certain first."""
    with database.transaction() as cursor:
        if place.before:
            found = review_queue.before(cursor, account.id, _position(place.before), limit + 1)
            return page_before(found, limit, position_of)
        position = _position(place.after) if place.after else BEFORE_ALL
        found = review_queue.behind(cursor, account.id, position, limit + 1)
    return page_after(found, limit, position_of, is_first=not place.after)


def neighbours(database: Database, account: Account, position: Position) -> Neighbours:
    """What stands before and after a position in this person's queue.

    The end leads on to the beginning.
    """
    with database.transaction() as cursor:
        behind = review_queue.behind(cursor, account.id, position, 1)
        before = review_queue.before(cursor, account.id, position, 1)
        if not behind and before:
            behind = review_queue.behind(cursor, account.id, BEFORE_ALL, 1)
    return Neighbours(before[0] if before else None, behind[0] if behind else None)


def position(database: Database, image_id: str, mid: str) -> Position:
    """Where a claim stands in the queue, or stood; before all others if it has no verdict."""
    with database.transaction() as cursor:
        judged = [one for one in images_read.verdicts(cursor, image_id) if one.label.mid == mid]
    return (judged[0].uncertainty, image_id, mid) if judged else BEFORE_ALL


def position_of(waiting: Waiting) -> Position:
    """Where a claim stands in the queue."""
    return waiting.uncertainty, waiting.image_id, waiting.label.mid


def _require(cursor: Cursor, account: Account, image_id: str, mid: str) -> None:
    images.visible(cursor, image_id, account)
    permissions.require_review(cursor, account, image_id, mid)


def _position(cursor: str) -> Position:
    uncertainty, image_id, mid = decode(cursor, float, str, str)
    if not 0 <= uncertainty <= 1:
        raise Refused("cursor_malformed", "This page link is damaged.")
    return uncertainty, image_id, mid
