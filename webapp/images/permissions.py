"""Who may do what with one image or claim: `webapp/access.toml`, asked about things."""

from __future__ import annotations

from enum import Enum

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.images import image_queries
from imagehub.catalogue.images.image_queries import ImageEntry, ImageUpload
from imagehub.catalogue.moderation import photo_openings
from imagehub.catalogue.reviews import reviews
from imagehub.errors import NotFound
from imagehub.vocabulary import Account, Role
from webapp.http import access

REVIEWS = ("GET", "/review")
JUDGES_PHOTOS = ("POST", "/images/<image_id>/reviews")
ACCOUNTS = ("GET", "/accounts")
TRAINING = ("POST", "/releases/<release_id>/training-runs")
PARTS_DUPLICATES = ("POST", "/images/<image_id>/duplicate-undos")


class ImageStanding(Enum):
    """A viewer's standing to one image."""

    STRANGER = "stranger"
    SENDER = "sender"
    REVIEWER = "reviewer"
    ADMIN = "admin"


def standing(
    cursor: Cursor, account: Account | None, image: ImageEntry, uploads: list[ImageUpload]
) -> ImageStanding:
    """What the account is to the image that these uploads led to."""
    if account is None:
        return ImageStanding.STRANGER
    if Role.ADMIN in account.roles and (
        image.is_public or photo_openings.is_opened(cursor, account.id, image.id)
    ):
        return ImageStanding.ADMIN
    if any(sent.account_id == account.id for sent in uploads):
        return ImageStanding.SENDER
    if Role.REVIEWER in account.roles and reviews.concerns(cursor, image.id):
        return ImageStanding.REVIEWER
    return ImageStanding.STRANGER


def may_see_image(account: Account | None, found: ImageStanding, is_public: bool) -> bool:
    """True for who may see an image to which he has this standing."""
    return (
        access.table()
        .things["image"]
        .is_for(
            account,
            is_own=found is ImageStanding.SENDER,
            is_public=is_public,
            is_waiting=found is ImageStanding.REVIEWER,
            is_opened=found is ImageStanding.ADMIN,
        )
    )


def may_review(account: Account | None) -> bool:
    """True for who is asked whether photos show their labels."""
    return _may(account, REVIEWS)


def may_judge(account: Account | None) -> bool:
    """True for who may say so of any photo that he sees, on its page."""
    return _may(account, JUDGES_PHOTOS)


def is_admin(account: Account | None) -> bool:
    """True for who gives roles."""
    return _may(account, ACCOUNTS)


def may_train(account: Account | None) -> bool:
    """True for who may ask for training runs."""
    return _may(account, TRAINING)


def may_part_duplicates(account: Account | None) -> bool:
    """True for who may say that two images of others show different photos."""
    return _may(account, PARTS_DUPLICATES)


def require_review(cursor: Cursor, account: Account, image_id: str, mid: str) -> None:
    """Let a reviewer answer on (image, claimed label).

    Raises Forbidden for the account's own photo, NotFound for a label that was not claimed of this
    image, and for an image that is not in the reviewer's queue.
    """
    uploads = image_queries.uploads(cursor, image_id)
    if not any(sent.claimed.mid == mid for sent in uploads):
        raise NotFound(f"Nobody sent {image_id} as {mid}.")
    require_others(account, uploads)


def require_others(account: Account, uploads: list[ImageUpload]) -> None:
    """Raise Forbidden if one of the uploads that led to an image is the account's own."""
    access.table().things["claim"].require(
        account,
        "This is a photo of your own; somebody else judges it.",
        is_own=any(sent.account_id == account.id for sent in uploads),
    )


def _may(account: Account | None, address: tuple[str, str]) -> bool:
    route = access.table().route(*address)
    return account is not None and not route.roles.isdisjoint(account.roles)
