"""Duplicates: who may be alike, who was compared, and who hangs on whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg2.extras import execute_values

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What decides which of several copies is kept; `pixels` are those of the original."""

    image_id: str
    photo_sha256: str
    fingerprint: int
    pixels: int
    landed_at: datetime


@dataclass(frozen=True, slots=True)
class Hanging:
    """An image that hangs on its keeper."""

    image_id: str
    keeper_id: str
    distance: float
    reason: str


def count_uncompared(cursor: Cursor) -> int:
    """How many images of the current verification version were not yet compared with the rest."""
    cursor.execute(f"select count(*) as images {_UNCOMPARED}")
    return int(cursor.fetchone().images)


def uncompared(cursor: Cursor, limit: int) -> list[str]:
    """Images of the current verification version that were not yet compared, in order of ids."""
    cursor.execute(f"select c.image_id {_UNCOMPARED} order by c.image_id limit %s", (limit,))
    return [row.image_id for row in cursor.fetchall()]


def facts(cursor: Cursor, image_ids: Sequence[str]) -> list[ImageFacts]:
    """What is known of these images."""
    cursor.execute(
        "select id, encode(photo_sha256, 'hex') as digest, fingerprint,"
        " width::bigint * height as pixels, landed_at from images where id = any(%s::bpchar[])",
        (list(image_ids),),
    )
    return [
        ImageFacts(row.id, row.digest, row.fingerprint, row.pixels, row.landed_at)
        for row in cursor.fetchall()
    ]


def near_fingerprints(
    cursor: Cursor, probes: Sequence[Sequence[int]], limit: int
) -> list[tuple[str, int]]:
    """Image ids and fingerprints that share a key with one of the four bands' lists of keys."""
    cursor.execute(
        "select id, fingerprint from images where ((fingerprint >> 48) & 65535) = any(%s::bigint[])"
        " or ((fingerprint >> 32) & 65535) = any(%s::bigint[])"
        " or ((fingerprint >> 16) & 65535) = any(%s::bigint[])"
        " or (fingerprint & 65535) = any(%s::bigint[]) limit %s",
        (*(list(keys) for keys in probes), limit),
    )
    return [(row.id, row.fingerprint) for row in cursor.fetchall()]


def nearest_embeddings(cursor: Cursor, image_id: str, limit: int) -> list[str]:
    """The images whose embeddings of the current version are nearest to this one's."""
    cursor.execute(
        "select c.image_id from image_checks c where c.version ="
        " (select version from verification_versions where is_current)"
        " and c.image_id <> %(image_id)s order by c.embedding <=> (select o.embedding"
        " from image_checks o where o.image_id = %(image_id)s and o.version ="
        " (select version from verification_versions where is_current)) limit %(limit)s",
        {"image_id": image_id, "limit": limit},
    )
    return [row.image_id for row in cursor.fetchall()]


def groups_of(cursor: Cursor, image_ids: Sequence[str]) -> list[Hanging]:
    """Whole groups that any of these images is in, as members on their keepers."""
    cursor.execute(
        "select image_id, keeper_id, distance, reason from duplicates where keeper_id in ("
        " select keeper_id from duplicates"
        "  where image_id = any(%(ids)s::bpchar[]) or keeper_id = any(%(ids)s::bpchar[]))"
        " order by image_id",
        {"ids": list(image_ids)},
    )
    return [Hanging(*row) for row in cursor.fetchall()]


def replace_groups(
    cursor: Cursor, image_ids: Sequence[str], members: Iterable[Hanging], run_id: int
) -> None:
    """Write anew how these images hang; every image of the groups concerned is among them."""
    cursor.execute("delete from duplicates where image_id = any(%s::bpchar[])", (list(image_ids),))
    execute_values(
        cursor,
        "insert into duplicates (image_id, keeper_id, distance, reason, job_run_id) values %s",
        [(m.image_id, m.keeper_id, m.distance, m.reason, run_id) for m in members],
    )


def mark_compared(cursor: Cursor, image_ids: Sequence[str]) -> None:
    """Remember that these images were compared under the current version."""
    cursor.execute(
        "insert into compared_images (version, image_id)"
        " select version, id from verification_versions, unnest(%s::bpchar[]) as id"
        " where is_current on conflict do nothing",
        (list(image_ids),),
    )


def forget_older_comparisons(cursor: Cursor) -> None:
    """Drop what was remembered for versions before the current one."""
    cursor.execute(
        "delete from compared_images where version <"
        " (select version from verification_versions where is_current)"
    )


def count_members(cursor: Cursor) -> int:
    """How many images hang on a keeper."""
    cursor.execute("select count(*) as images from duplicates")
    return int(cursor.fetchone().images)


_UNCOMPARED = (
    "from image_checks c where c.version ="
    " (select version from verification_versions where is_current) and not exists ("
    "select from compared_images d where d.version = c.version and d.image_id = c.image_id)"
)
