"""What each standing is told of an image: nothing that the table does not allow."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from imagehub.catalogue.duplicates.duplicate_groups import KnownTile
from imagehub.catalogue.images.image_lists import Tile
from imagehub.catalogue.images.image_queries import ImageUpload
from imagehub.vocabulary import Account, Label, Role
from webapp.images import image_policy
from webapp.images.permissions import ImageStanding

MUG = Label("/m/02jvh9", "Mug")
ANA = Account(uuid.UUID(int=1), "ana", frozenset({Role.CONTRIBUTOR}))
BEN = Account(uuid.UUID(int=2), "ben", frozenset({Role.CONTRIBUTOR}))
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def sent(by: Account, hours: int) -> ImageUpload:
    at = NOON + timedelta(hours=hours)
    return ImageUpload(uuid.uuid4(), by.id, by.name, MUG, at, at, at)


UPLOADS = (sent(BEN, 0), sent(ANA, 1))


def near(*, is_public: bool = False, is_own: bool = False) -> KnownTile:
    return KnownTile(Tile("0" * 16, 8, 8, MUG), is_public, is_own)


def told(standing: ImageStanding, is_public: bool) -> tuple[str, ...]:
    policy = image_policy.policy(standing, is_public)
    return tuple(upload.contributor for upload in policy.uploads_of(UPLOADS, ANA))


def test_a_stranger_is_told_nothing_of_a_hidden_image() -> None:
    with pytest.raises(KeyError):
        image_policy.policy(ImageStanding.STRANGER, is_public=False)


def test_of_a_hidden_image_only_admins_are_told_who_sent_it() -> None:
    assert told(ImageStanding.SENDER, is_public=False) == ("ana",)
    reviewer = image_policy.policy(ImageStanding.REVIEWER, is_public=False)
    seen = reviewer.uploads_of(UPLOADS, None)
    assert {(upload.contributor, upload.taken_at) for upload in seen} == {("a contributor", None)}
    assert told(ImageStanding.ADMIN, is_public=False) == ("ben", "ana")


def test_everybody_is_told_who_sent_a_public_image() -> None:
    assert {told(standing, is_public=True) for standing in ImageStanding} == {("ben", "ana")}


@pytest.mark.parametrize(
    ("standing", "is_public", "sees"),
    [
        (ImageStanding.STRANGER, True, False),
        (ImageStanding.SENDER, True, False),
        (ImageStanding.SENDER, False, False),
        (ImageStanding.REVIEWER, True, True),
        (ImageStanding.REVIEWER, False, True),
        (ImageStanding.ADMIN, True, False),
        (ImageStanding.ADMIN, False, True),
    ],
)
def test_who_is_told_of_a_hidden_duplicate_of_others(
    standing: ImageStanding, is_public: bool, sees: bool
) -> None:
    policy = image_policy.policy(standing, is_public)
    assert policy.sees(near()) is sees
    assert policy.sees(near(is_own=True))
    assert policy.sees(near(is_public=True))
