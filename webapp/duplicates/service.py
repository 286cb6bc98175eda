"""Duplicates that a person parts, and joins again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.duplicates import duplicate_groups, duplicate_undos
from imagehub.catalogue.duplicates.duplicate_groups import KnownTile
from imagehub.catalogue.images import image_queries
from imagehub.errors import Refused
from imagehub.vocabulary import Account
from webapp.images import permissions
from webapp.images import service as images


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
    others = sorted({image for pair in pairs if image_id in pair for image in pair} - {image_id})
    tiles = duplicate_groups.tiles(cursor, others, viewer.id)
    return Parted(frozenset(pairs), tuple(tiles[other] for other in others))


def part(database: Database, account: Account, image_id: str, other_id: str) -> None:
    """Say that two images show different photos; the job that groups them heeds it.

    Raises NotFound unless the account may see both, Forbidden for a photo of one's own (who parts
    copies of his own makes one photo count many times), and Refused for an image and itself.
    """
    if image_id == other_id:
        raise Refused("same_image", "An image cannot differ from itself; name two images.")
    with database.transaction() as cursor:
        _require(cursor, account, image_id, other_id)
        duplicate_undos.undo(cursor, image_id, other_id, account.id)


def join(database: Database, account: Account, image_id: str, other_id: str) -> None:
    """Take back that two images show different photos: pixels decide again."""
    with database.transaction() as cursor:
        _require(cursor, account, image_id, other_id)
        duplicate_undos.lift(cursor, image_id, other_id)


def _require(cursor: Cursor, account: Account, *image_ids: str) -> None:
    for image_id in image_ids:
        images.visible(cursor, image_id, account)
        permissions.require_others(account, image_queries.uploads(cursor, image_id))
