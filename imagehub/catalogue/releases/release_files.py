"""Files of releases in each format: names, lengths and digests, known before a byte is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from psycopg2.extras import execute_values

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file of a release; `path` begins with its format's name, digests are hex."""

    path: str
    media_type: str
    photos: int
    bytes: int
    sha256: str
    skeleton_sha256: str


def add(cursor: Cursor, release_id: str, files: Iterable[ReleaseFile]) -> None:
    """Note the files of a release that is being published."""
    execute_values(
        cursor,
        """
        insert into release_files (
            release_id, path, media_type, photos, bytes, sha256, skeleton_sha256
        )
        values %s
        """,
        [
            (
                *(release_id, file.path, file.media_type, file.photos, file.bytes),
                *(bytes.fromhex(file.sha256), bytes.fromhex(file.skeleton_sha256)),
            )
            for file in files
        ],
    )


def of_release(cursor: Cursor, release_id: str, below: str = "") -> list[ReleaseFile]:
    """The files of a release in order of paths; those whose paths begin with `below`."""
    cursor.execute(
        """
        select path, media_type, photos, bytes, encode(sha256, 'hex') as sha256,
            encode(skeleton_sha256, 'hex') as skeleton_sha256
        from release_files
        where release_id = %s and starts_with(path, %s)
        order by path
        """,
        (release_id, below),
    )
    return [ReleaseFile(*row) for row in cursor.fetchall()]


def formats(cursor: Cursor, release_id: str) -> set[str]:
    """Names of the formats in which a release was frozen; none for one of an earlier version."""
    cursor.execute(
        "select distinct split_part(path, '/', 1) as name from release_files where release_id = %s",
        (release_id,),
    )
    return {row.name for row in cursor.fetchall()}


def find(cursor: Cursor, release_id: str, path: str) -> ReleaseFile | None:
    """One file of a release."""
    return next((file for file in of_release(cursor, release_id, path) if file.path == path), None)


def gone(cursor: Cursor, release_id: str) -> set[str]:
    """Ids of images in whose place zeros stand: withdrawn, or hidden at this moment.

    Some may be of another release of the same subset.
    """
    cursor.execute(
        """
        select image_id from release_withdrawals where release_id = %(release)s
        union
        select concealed.image_id
        from concealed_images concealed
        join release_requests asked on asked.release_id = %(release)s
        join split_assignments held
            on held.subset_id = asked.subset_id and held.image_id = concealed.image_id
        """,
        {"release": release_id},
    )
    return {row.image_id for row in cursor.fetchall()}


def category_ids(cursor: Cursor, mids: Sequence[str]) -> dict[str, int]:
    """MID -> a number from 1 on that the hub never gives to another class."""
    cursor.execute(
        "insert into category_ids (mid) select unnest(%s::text[]) on conflict do nothing",
        (sorted(mids),),
    )
    cursor.execute("select mid, id from category_ids where mid = any(%s)", (list(mids),))
    return {row.mid: row.id for row in cursor.fetchall()}


def leftovers_of_old(cursor: Cursor) -> list[str]:
    """Releases of an earlier version of the hub whose shards are still to be deleted."""
    cursor.execute("select release_id from old_release_shards order by release_id")
    return [row.release_id for row in cursor.fetchall()]


def forget_old(cursor: Cursor, release_id: str) -> None:
    """Remember that the shards of an earlier version are deleted."""
    cursor.execute("delete from old_release_shards where release_id = %s", (release_id,))
