"""Show images: lists of a label's, one in full, those that resemble it, and their pixels."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.duplicates import duplicate_groups
from imagehub.catalogue.duplicates.duplicate_groups import GroupMember, KnownTile
from imagehub.catalogue.images import image_lists, image_queries
from imagehub.catalogue.images.image_lists import ClusterEntry, Tile
from imagehub.catalogue.images.image_queries import (
    ImageCheck,
    ImageEntry,
    ImageUpload,
    ImageVerdict,
)
from imagehub.catalogue.imports import photo_origins
from imagehub.catalogue.imports.photo_origins import PhotoOrigin
from imagehub.catalogue.labels import label_queries
from imagehub.catalogue.operation import scrubs
from imagehub.errors import NotFound
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import Account, Label
from webapp.http.cursors import Page, decode, page_after, page_before
from webapp.images import image_policy, permissions
from webapp.images.image_policy import ImagePolicy, SeenUploads
from webapp.images.permissions import ImageStanding

FRONT_CLUSTERS = 12
FRONT_TILES = 5
KEYS: dict[str, Callable[[str], str]] = {"full": keys.full, "view": keys.view, "thumb": keys.thumb}
IMAGE_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """A member of a duplicate group beside its keeper."""

    keeper: KnownTile
    member: KnownTile
    distance: float
    reason: str


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """An image's near duplicates; `keeper_id` is the image's own id unless it hangs on another."""

    keeper_id: str
    others: tuple[KnownTile, ...]
    pairs: tuple[DuplicatePair, ...]


@dataclass(frozen=True, slots=True)
class ImageView:
    """One image in full, as far as its viewer may see it.

    `labels` are those it is published as, the likeliest first; `keeper_id` is its own id unless
    it hangs on another image. `near_duplicates` are the group's other images, `pairs` those of
    them that stand beside their keeper. `shared_claims` are labels that several people claimed.
    `damaged` names what of the photo is gone or rotten in the object store.
    """

    image: ImageEntry
    uploads: tuple[ImageUpload, ...]
    check: ImageCheck | None
    verdicts: tuple[ImageVerdict, ...]
    labels: tuple[Label, ...]
    keeper_id: str
    near_duplicates: tuple[KnownTile, ...]
    pairs: tuple[DuplicatePair, ...]
    clusters: tuple[tuple[Label, int, int], ...]
    standing: ImageStanding
    shared_claims: frozenset[Label]
    damaged: tuple[str, ...]
    origin: PhotoOrigin | None


@dataclass(frozen=True, slots=True)
class PageCursor:
    """Where a page of a list begins: behind or before a cursor, or at the start."""

    after: str | None = None
    before: str | None = None


def of_label(
    database: Database, mid: str, page_cursor: PageCursor, limit: int, cluster: int | None = None
) -> Page[Tile]:
    """A page of the label's public images with its descendants', or of one of its clusters.

    Images of a label stand in the order of their ids (which is no order), those of a cluster
    nearest to its centre first. Raises NotFound for no such label or cluster.
    """
    with database.transaction() as cursor:
        if label_queries.find(cursor, mid) is None:
            raise NotFound(f"There is no label {mid}.")
        if cluster is None:
            return _page_of_label(cursor, mid, page_cursor, limit)
        ids = {ordinal: id_ for id_, ordinal, _ in image_lists.clusters(cursor, mid)}
        if cluster not in ids:
            raise NotFound(f"The label {mid} has no cluster {cluster}.")
        return _page_of_cluster(cursor, ids[cluster], page_cursor, limit)


def clusters(database: Database, mid: str) -> list[ClusterEntry]:
    """The label's largest clusters, each with the images nearest to its centre."""
    with database.transaction() as cursor:
        return image_lists.cluster_fronts(cursor, [mid], FRONT_CLUSTERS, FRONT_TILES)[mid]


def show(database: Database, image_id: str, viewer: Account | None = None) -> ImageView:
    """One image; raise NotFound unless it is public or `permissions` lets the viewer see it.

    The view holds what the table of `image_policy` allows the viewer, and nothing else.
    """
    with database.transaction() as cursor:
        image = visible(cursor, image_id, viewer)
        uploads = image_queries.uploads(cursor, image.id)
        standing = permissions.standing(cursor, viewer, image, uploads)
        policy = image_policy.policy(standing, image.is_public)
        told = policy.uploads_of(uploads, viewer)
        published = image_queries.published_as(cursor, image.id)
        claimed = frozenset(sent.claimed for sent in image_policy.own(uploads, viewer))
        verdicts = image_queries.verdicts(cursor, image.id)
        group = _group(cursor, image.id, viewer, policy)
        return ImageView(
            image=policy.image_of(image, told),
            uploads=told,
            check=image_queries.check(cursor, image.id),
            verdicts=policy.verdicts_of(verdicts, claimed.union(published)),
            labels=tuple(published),
            keeper_id=group.keeper_id,
            near_duplicates=group.others,
            pairs=group.pairs,
            clusters=tuple(image_queries.clusters(cursor, image.id)),
            standing=standing,
            shared_claims=image_queries.shared_claims(cursor, image.id),
            damaged=_damaged(cursor, image),
            origin=_origin(cursor, policy, told),
        )


def _origin(cursor: Cursor, policy: ImagePolicy, told: Sequence[ImageUpload]) -> PhotoOrigin | None:
    """Where the first upload's photo comes from, for whom may know who sent it."""
    is_told = bool(told) and policy.uploads is not SeenUploads.WITHOUT_SENDERS
    return photo_origins.find(cursor, told[0].id) if is_told else None


def _damaged(cursor: Cursor, image: ImageEntry) -> tuple[str, ...]:
    """What of the photo the scrub found gone or rotten, in words."""
    found = scrubs.of_image(cursor, image.id)
    named = {keys.original(image.photo_sha256): "original"} | {
        key_of(image.photo_sha256): kind for kind, key_of in KEYS.items()
    }
    return tuple(name for key, name in named.items() if key in found)


def _group(
    cursor: Cursor, image_id: str, viewer: Account | None, policy: ImagePolicy
) -> DuplicateGroup:
    """The image's duplicate group, as far as the policy tells of it."""
    members = duplicate_groups.members(cursor, image_id)
    ids = _group_ids(members)
    tiles = duplicate_groups.tiles(cursor, ids, viewer.id if viewer else None)
    seen = {
        other_id: tiles[other_id]
        for other_id in ids
        if other_id == image_id or policy.sees(tiles[other_id])
    }
    return DuplicateGroup(
        keeper_id=members[0].keeper_id if members and members[0].keeper_id in seen else image_id,
        others=tuple(
            seen[other_id] for other_id in ids if other_id in seen and other_id != image_id
        ),
        pairs=tuple(
            DuplicatePair(
                seen[member.keeper_id], seen[member.image_id], member.distance, member.reason
            )
            for member in members
            if member.keeper_id in seen and member.image_id in seen
        ),
    )


def _group_ids(members: list[GroupMember]) -> list[str]:
    return [members[0].keeper_id, *(member.image_id for member in members)] if members else []


def similar(
    database: Database, image_id: str, limit: int, viewer: Account | None = None
) -> list[Tile]:
    """Public images that look most like this one, its own near duplicates left out."""
    with database.transaction() as cursor:
        image = visible(cursor, image_id, viewer)
        group = _group_ids(duplicate_groups.members(cursor, image.id))
        return image_lists.similar(cursor, image.id, group, limit)


def find(database: Database, image_id: str, viewer: Account | None = None) -> ImageEntry:
    """The image, if the viewer may see it; else raise NotFound."""
    with database.transaction() as cursor:
        return visible(cursor, image_id, viewer)


def pixels(store: ObjectStore, photo_sha256: str, kind: str, sha256: str | None) -> bytes:
    """The JPEG of one derivative: `full`, `view` or `thumb`.

    Raises NotFound if its bytes are not those of the digest; None is no digest to compare with.
    """
    data = store.get(KEYS[kind](photo_sha256))
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise NotFound(f"This photo's {kind} is damaged in the object store.")
    return data


def visible(cursor: Cursor, image_id: str, viewer: Account | None) -> ImageEntry:
    """The image, if the viewer may see it; else raise NotFound."""
    found = _find_visible(cursor, image_id, viewer) if IMAGE_ID.fullmatch(image_id) else None
    if found is None:
        raise NotFound(f"There is no image {image_id}, or none that you may see.")
    return found


def _find_visible(cursor: Cursor, image_id: str, viewer: Account | None) -> ImageEntry | None:
    image = image_queries.find(cursor, image_id)
    if image is not None and (image.is_public or _may_see(cursor, image, viewer)):
        return image
    return None


def _may_see(cursor: Cursor, image: ImageEntry, viewer: Account | None) -> bool:
    if viewer is None:
        return False
    found = permissions.standing(cursor, viewer, image, image_queries.uploads(cursor, image.id))
    return permissions.may_see_image(viewer, found, is_public=False)


def _page_of_label(cursor: Cursor, mid: str, page_cursor: PageCursor, limit: int) -> Page[Tile]:
    if page_cursor.before:
        (before,) = decode(page_cursor.before, str)
        found = image_lists.of_label_before(cursor, mid, str(before), limit + 1)
        return page_before(found, limit, _by_id)
    (after,) = decode(page_cursor.after, str) if page_cursor.after else ("",)
    found = image_lists.of_label(cursor, mid, str(after), limit + 1)
    return page_after(found, limit, _by_id, is_first=not page_cursor.after)


def _page_of_cluster(
    cursor: Cursor, cluster_id: int, page_cursor: PageCursor, limit: int
) -> Page[Tile]:
    if page_cursor.before:
        distance, image_id = decode(page_cursor.before, float, str)
        found = image_lists.of_cluster_before(cursor, cluster_id, (distance, image_id), limit + 1)
        return page_before(found, limit, _by_distance)
    distance, image_id = decode(page_cursor.after, float, str) if page_cursor.after else (-1.0, "")
    found = image_lists.of_cluster(cursor, cluster_id, (distance, image_id), limit + 1)
    return page_after(found, limit, _by_distance, is_first=not page_cursor.after)


def _by_id(tile: Tile) -> tuple[str]:
    return (tile.image_id,)


def _by_distance(tile: Tile) -> tuple[float, str]:
    return tile.distance, tile.image_id
