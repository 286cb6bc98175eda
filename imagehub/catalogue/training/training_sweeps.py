"""Releases whose withdrawn photos may still lie in training shards."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class Due:
    """A release of which files were withdrawn since its training shards were last cleared."""

    release_id: str
    manifest_sha256: bytes
    withdrawn: frozenset[str]
    """Image ids of all its withdrawn files."""


def withdrawn(cursor: Cursor, release_id: str) -> frozenset[str]:
    """Image ids of a release's withdrawn files."""
    cursor.execute("select image_id from release_withdrawals where release_id = %s", (release_id,))
    return frozenset(row.image_id for row in cursor.fetchall())


def due(cursor: Cursor) -> list[Due]:
    """The releases that are to be cleared."""
    cursor.execute(
        """
        select w.release_id, l.manifest_sha256, array_agg(w.image_id::text) as withdrawn
        from release_withdrawals w
        join releases l on l.id = w.release_id
        left join training_sweeps s on s.release_id = w.release_id
        group by w.release_id, l.manifest_sha256, s.withdrawn
        having count(*) is distinct from s.withdrawn
        order by w.release_id
        """
    )
    return [
        Due(row.release_id, bytes(row.manifest_sha256), frozenset(row.withdrawn))
        for row in cursor.fetchall()
    ]


def mark(cursor: Cursor, swept: Due) -> None:
    """No training shard holds these files of the release any more."""
    cursor.execute(
        """
        insert into training_sweeps (release_id, withdrawn)
        values (%s, %s)
        on conflict (release_id) do update
        set withdrawn = excluded.withdrawn, swept_at = now()
        """,
        (swept.release_id, len(swept.withdrawn)),
    )
