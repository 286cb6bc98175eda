"""Who may do what people do here: the one place that says so."""

from __future__ import annotations

from enum import Enum

from imagehub.catalogue import images_read
from imagehub.catalogue.database import Cursor
from imagehub.catalogue.images_read import ImageUpload
from imagehub.errors import Forbidden, NotFound
from imagehub.vocabulary import Account, Role


class Standing(Enum):
    """What somebody is to one image."""

    STRANGER = "stranger"
    SENDER = "sender"
    OPERATOR = "operator"


def standing(account: Account | None, uploads: list[ImageUpload]) -> Standing:
    """What the account is to the image that these uploads led to."""
    if account is None:
        return Standing.STRANGER
    if Role.OPERATOR in account.roles:
        return Standing.OPERATOR
    is_sender = any(sent.account_id == account.id for sent in uploads)
    return Standing.SENDER if is_sender else Standing.STRANGER


def may_review(account: Account | None) -> bool:
    """True for who may say whether photos show their labels; roles of their own come later."""
    return account is not None and Role.OPERATOR in account.roles


def may_part_duplicates(account: Account | None) -> bool:
    """True for who may say that two images show different photos.

    Not the photos' contributors: who parts copies of his own makes one photo count many times.
    """
    return account is not None and Role.OPERATOR in account.roles


def require_review(cursor: Cursor, account: Account, image_id: str, mid: str) -> None:
    """Let a person review (image, claimed label).

    Raises Forbidden for who may not, and for a photo of one's own; NotFound for a label that
    nobody claimed of this image.
    """
    if not may_review(account):
        raise Forbidden("Only operators review photos.")
    uploads = images_read.uploads(cursor, image_id)
    if not any(sent.claimed.mid == mid for sent in uploads):
        raise NotFound(f"Nobody sent {image_id} as {mid}.")
    if any(sent.account_id == account.id for sent in uploads):
        raise Forbidden("This is a photo of your own; somebody else reviews it.")


def require_parting(account: Account) -> None:
    """Let a person part duplicates; else raise Forbidden."""
    if not may_part_duplicates(account):
        raise Forbidden("Only operators say that two photos are different.")
