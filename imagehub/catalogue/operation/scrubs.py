"""How far the scrub of the object store is, what it must find there, and what it found damaged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from imagehub.catalogue.database import Cursor

PASS_DAYS = 7
"""The whole store is read no more often than this."""


class ScrubKind(StrEnum):
    """What a pass reads: first the objects of images, then those of releases."""

    IMAGES = "images"
    RELEASES = "releases"


class Damage(StrEnum):
    """What is wrong with an object."""

    GONE = "gone"
    ROTTEN = "rotten"


@dataclass(frozen=True, slots=True)
class ScrubPosition:
    """The last thing that was read."""

    kind: ScrubKind
    after: str


@dataclass(frozen=True, slots=True)
class ImageDigests:
    """An image and the digests of its objects, hex; None where none was noted yet."""

    id: str
    photo_sha256: str
    full_sha256: str
    view_sha256: str | None
    thumb_sha256: str | None


@dataclass(frozen=True, slots=True)
class ReleaseDigest:
    """A release as it must lie in the store."""

    id: str
    manifest_sha256: str


@dataclass(frozen=True, slots=True)
class DamagedObject:
    """An object that cannot be mended, and whose it is."""

    key: str
    image_id: str | None
    release_id: str | None
    damage: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class ScrubState:
    """What the operator sees; `newest` are some of the damaged objects."""

    gone: int
    rotten: int
    last_pass_ended_at: datetime | None
    newest: tuple[DamagedObject, ...]


def is_due(cursor: Cursor) -> bool:
    """True if the scrub may read on."""
    cursor.execute("select due_at <= now() as answer from scrub_position")
    return bool(cursor.fetchone().answer)


def position(cursor: Cursor) -> ScrubPosition:
    """How far the present pass is."""
    cursor.execute("select kind, after from scrub_position")
    row = cursor.fetchone()
    return ScrubPosition(ScrubKind(row.kind), row.after)


def move(cursor: Cursor, reached: ScrubPosition) -> None:
    """Remember how far the pass is."""
    cursor.execute("update scrub_position set kind = %s, after = %s", (reached.kind, reached.after))


def rest(cursor: Cursor, seconds: float) -> None:
    """Let the scrub read on after so long."""
    cursor.execute(
        "update scrub_position set due_at = greatest(due_at, now() + make_interval(secs => %s))",
        (seconds,),
    )


def end_pass(cursor: Cursor) -> None:
    """Begin again at the first image, a week after this pass began or now if that is over."""
    cursor.execute(
        """
        update scrub_position
        set kind = 'images', after = '', last_pass_ended_at = now(),
            due_at = greatest(now(), pass_began_at + make_interval(days => %(days)s)),
            pass_began_at = greatest(now(), pass_began_at + make_interval(days => %(days)s))
        """,
        {"days": PASS_DAYS},
    )


def images_after(cursor: Cursor, image_id: str, limit: int) -> list[ImageDigests]:
    """The next images in the order of their ids."""
    cursor.execute(
        """
        select id, encode(photo_sha256, 'hex') as photo, encode(full_sha256, 'hex') as full_,
            encode(view_sha256, 'hex') as view, encode(thumb_sha256, 'hex') as thumb
        from images
        where id > %s
        order by id
        limit %s
        """,
        (image_id, limit),
    )
    return [ImageDigests(*row) for row in cursor.fetchall()]


def release_after(cursor: Cursor, release_id: str) -> ReleaseDigest | None:
    """The next release in the order of ids."""
    cursor.execute(
        """
        select id, encode(manifest_sha256, 'hex') as manifest_sha256
        from releases
        where id > %s
        order by id
        limit 1
        """,
        (release_id,),
    )
    row = cursor.fetchone()
    return ReleaseDigest(*row) if row else None


def note(cursor: Cursor, found: Mapping[str, Damage | None], **owner: str) -> None:
    """Write what was found of objects of one `image_id` or `release_id`: damaged, or right."""
    damaged = {key: damage for key, damage in found.items() if damage}
    cursor.execute(
        "delete from damaged_objects where key = any(%s)", ([*(found.keys() - damaged.keys())],)
    )
    for key, damage in damaged.items():
        cursor.execute(
            """
            insert into damaged_objects (key, image_id, release_id, damage)
            values (%s, %s, %s, %s)
            on conflict (key) do update
            set damage = excluded.damage
            """,
            (key, owner.get("image_id"), owner.get("release_id"), damage),
        )


def state(cursor: Cursor, shown: int) -> ScrubState:
    """Count the damaged objects and show the newest."""
    cursor.execute(
        """
        select count(*) filter (where damage = 'gone') as gone,
            count(*) filter (where damage = 'rotten') as rotten,
            (select last_pass_ended_at from scrub_position) as last_pass_ended_at
        from damaged_objects
        """
    )
    counted = cursor.fetchone()
    cursor.execute(
        """
        select key, image_id, release_id, damage, found_at
        from damaged_objects
        order by found_at desc, key
        limit %s
        """,
        (shown,),
    )
    newest = tuple(DamagedObject(*row) for row in cursor.fetchall())
    return ScrubState(counted.gone, counted.rotten, counted.last_pass_ended_at, newest)


def of_image(cursor: Cursor, image_id: str) -> dict[str, str]:
    """Key -> damage of an image's damaged objects."""
    cursor.execute("select key, damage from damaged_objects where image_id = %s", (image_id,))
    return {row.key: row.damage for row in cursor.fetchall()}
