"""Duplicates: who may be alike, who was compared, and who hangs on whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg2.extras import execute_values

from imagehub.catalogue.database import Cursor

OUTCOMES = ["verified", "needs_review", "rejected"]
"""From the best to the worst: a place in this list is a standing."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What decides which of several copies is kept; `pixels` are those of the original.

    `standing` is the best that the current version says of the image under any label: 0 verified,
    1 undecided, 2 rejected.
    """

    image_id: str
    photo_sha256: str
    fingerprint: int
    pixels: int
    landed_at: datetime
    standing: int


@dataclass(frozen=True, slots=True)
class Nearness:
    """How far from a fingerprint is near, and how many images are enough."""

    bits: int
    images: int


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
        """
        select id, encode(photo_sha256, 'hex') as digest, fingerprint,
            width::bigint * height as pixels, landed_at,
            coalesce((
                select min(array_position(%(outcomes)s, v.outcome)) - 1
                from verdicts v
                where v.image_id = images.id and v.version = (select version from current_version)
            ), 1) as standing
        from images
        where id = any(%(ids)s::bpchar[])
        """,
        {"ids": list(image_ids), "outcomes": OUTCOMES},
    )
    return [ImageFacts(*row) for row in cursor.fetchall()]


def near_fingerprints(
    cursor: Cursor, fingerprints: Sequence[int], probes: Sequence[Sequence[int]], limit: Nearness
) -> list[str]:
    """The images whose fingerprints are nearest to one of those wanted.

    They share a key with one of the four bands' lists of keys and differ by few enough bits.
    """
    cursor.execute(
        """
        select id
        from (
            select id,
                (
                    select min(bit_count((fingerprint # one)::bit(64)))
                    from unnest(%(wanted)s::bigint[]) as one
                ) as bits
            from images
            where ((fingerprint >> 48) & 65535) = any(%(band_0)s::bigint[])
                or ((fingerprint >> 32) & 65535) = any(%(band_1)s::bigint[])
                or ((fingerprint >> 16) & 65535) = any(%(band_2)s::bigint[])
                or (fingerprint & 65535) = any(%(band_3)s::bigint[])
        ) as found
        where bits <= %(bits)s
        order by bits, id
        limit %(images)s
        """,
        {
            "wanted": list(fingerprints),
            **{f"band_{number}": list(keys) for number, keys in enumerate(probes)},
            "bits": limit.bits,
            "images": limit.images,
        },
    )
    return [row.id for row in cursor.fetchall()]


def search_among_versions(cursor: Cursor) -> None:
    """Until the transaction ends, let searches by embedding go on past other versions' rows."""
    cursor.execute("select set_config('hnsw.iterative_scan', 'strict_order', true)")


def nearest_embeddings(cursor: Cursor, image_id: str, limit: int) -> list[str]:
    """The images whose embeddings of the current version are nearest to this one's."""
    cursor.execute(
        """
        select c.image_id
        from image_checks c
        where c.version = (select version from current_version)
            and c.image_id <> %(image_id)s
        order by c.embedding <=> (
            select o.embedding
            from image_checks o
            where o.image_id = %(image_id)s
                and o.version = (select version from current_version)
        )
        limit %(limit)s
        """,
        {"image_id": image_id, "limit": limit},
    )
    return [row.image_id for row in cursor.fetchall()]


def misplaced(cursor: Cursor) -> list[str]:
    """Images that hang on a keeper of which the current version thinks worse than of them."""
    cursor.execute(
        """
        with standing as (
            select v.image_id, min(array_position(%(outcomes)s, v.outcome)) - 1 as place
            from verdicts v
            where v.version = (select version from current_version)
                and v.image_id in (
                    select image_id from duplicates union select keeper_id from duplicates
                )
            group by v.image_id
        )
        select d.image_id
        from duplicates d
        left join standing own on own.image_id = d.image_id
        left join standing kept on kept.image_id = d.keeper_id
        where coalesce(own.place, 1) < coalesce(kept.place, 1)
        order by d.image_id
        """,
        {"outcomes": OUTCOMES},
    )
    return [row.image_id for row in cursor.fetchall()]


def groups_of(cursor: Cursor, image_ids: Sequence[str]) -> list[Hanging]:
    """Whole groups that any of these images is in, as members on their keepers."""
    cursor.execute(
        """
        select image_id, keeper_id, distance, reason
        from duplicates
        where keeper_id in (
            select keeper_id
            from duplicates
            where image_id = any(%(ids)s::bpchar[]) or keeper_id = any(%(ids)s::bpchar[])
        )
        order by image_id
        """,
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
        """
        insert into compared_images (version, image_id)
        select version, id
        from current_version
        cross join unnest(%s::bpchar[]) as id
        on conflict do nothing
        """,
        (list(image_ids),),
    )


def forget_older_comparisons(cursor: Cursor) -> None:
    """Drop what was remembered for versions before the current one."""
    cursor.execute(
        """
        delete from compared_images
        where version < (select version from current_version)
        """
    )


def count_members(cursor: Cursor) -> int:
    """How many images hang on a keeper."""
    cursor.execute("select count(*) as images from duplicates")
    return int(cursor.fetchone().images)


_UNCOMPARED = """
    from image_checks c
    where c.version = (select version from current_version)
        -- Such a photo is looked at again later; only then can it be compared.
        and not c.findings @> '[{"code": "unreadable"}]'
        and not exists (
            select from compared_images d
            where d.version = c.version and d.image_id = c.image_id
        )
    """
