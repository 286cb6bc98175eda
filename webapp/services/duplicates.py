"""Duplicates that a person parts, and joins again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imagehub.catalogue import duplicate_groups, duplicate_undos
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.duplicate_groups import KnownTile
from imagehub.errors import NotFound, Refused
from imagehub.vocabulary import Account
from webapp.services import permissions
from webapp.services.images import IMAGE_ID


@dataclass(frozen=True, slots=True)
class Parted:
    """Pairs of a duplicate group that people parted, and `others`: images parted from one image."""

    pairs: frozenset[duplicate_undos.Pair] = frozenset()
    others: tuple[KnownTile, ...] = ()

    def has(self, one: str, other: str) -> bool:
        """True if people called these two different photos."""
        return duplicate_undos.pair(one, other) in self.pairs


def parted(cursor: Cursor, image_id: str, group: Sequence[str], viewer: Account | None) -> Parted:
    """What people parted from an image and in its group; told only to those who may part."""
    if viewer is None or not permissions.may_part_duplicates(viewer):
        return Parted()
    pairs = duplicate_undos.undone(cursor, [image_id, *group])
    others = sorted({one for pair in pairs if image_id in pair for one in pair} - {image_id})
    tiles = duplicate_groups.tiles(cursor, others, viewer.id)
    return Parted(frozenset(pairs), tuple(tiles[one] for one in others))


def part(database: Database, account: Account, image_id: str, other_id: str) -> None:
    """Say that two images show different photos; the job that groups them heeds it.

    Raises Forbidden for who may not, NotFound unless both images are there, and Refused for an
    image and itself.
    """
    permissions.require_parting(account)
    if image_id == other_id:
        raise Refused("same_image", "An image cannot differ from itself; name two images.")
    with database.transaction() as cursor:
        _require(cursor, image_id, other_id)
        duplicate_undos.undo(cursor, image_id, other_id, account.id)


def join(database: Database, account: Account, image_id: str, other_id: str) -> None:
    """Take back that two images show different photos: pixels decide again."""
    permissions.require_parting(account)
    with database.transaction() as cursor:
        _require(cursor, image_id, other_id)
        duplicate_undos.lift(cursor, image_id, other_id)


def _require(cursor: Cursor, *image_ids: str) -> None:
    known = [one for one in image_ids if IMAGE_ID.fullmatch(one)]
    if len(known) < len(image_ids) or len(duplicate_groups.tiles(cursor, known, None)) < len(known):
        raise NotFound("There is no such image.")
