"""What pages and API read of images, in order and page by page.

Only public images appear here: those that are in a label set now. Every list continues behind
the last row of the page before, so that a deep page costs what the first one does. Each joins
`images` before it counts rows: requests do not see all of them, and a short page would be the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Label


@dataclass(frozen=True, slots=True)
class Tile:
    """An image in a list: the size of its full derivative in pixels, and what it was verified as.

    `distance` is to what the list is about (a cluster's centre, the image to resemble), else 0.
    """

    image_id: str
    width: int
    height: int
    label: Label
    distance: float = 0.0


@dataclass(frozen=True, slots=True)
class ClusterEntry:
    """A cluster of a label: its size, and the tiles nearest to its centre."""

    id: int
    ordinal: int
    size: int
    tiles: tuple[Tile, ...]


def newest(cursor: Cursor, limit: int) -> list[Tile]:
    """The images that were published last."""
    cursor.execute(
        """
        select m.image_id, m.full_width, m.full_height, l.mid, l.name, 0.0 as distance
        from (
            select s.image_id, s.claimed_label, s.added_in, i.full_width, i.full_height
            from current_members s
            join images i on i.id = s.image_id
            where s.label = s.claimed_label
            order by s.added_in desc, s.image_id
            limit %s
        ) m
        join labels l on l.mid = m.claimed_label
        order by m.added_in desc, m.image_id
        """,
        (limit,),
    )
    return _tiles(cursor)


def tiles(cursor: Cursor, image_ids: Sequence[str]) -> list[Tile]:
    """Those of the images that are public, in the order given."""
    cursor.execute(
        """
        select i.id as image_id, i.full_width, i.full_height, l.mid, l.name, 0.0 as distance
        from unnest(%s::char(16)[]) with ordinality asked (id, place)
        join images i on i.id = asked.id
        join lateral (
            select claimed_label
            from current_members s
            where s.image_id = i.id
            order by claimed_label
            limit 1
        ) s on true
        join labels l on l.mid = s.claimed_label
        order by asked.place
        """,
        (list(image_ids),),
    )
    return _tiles(cursor)


def of_label(cursor: Cursor, mid: str, after: str, limit: int) -> list[Tile]:
    """The label's images with its descendants', by id, behind the id `after` (or '')."""
    cursor.execute(
        """
        select m.image_id, m.full_width, m.full_height, l.mid, l.name, 0.0 as distance
        from (
            select distinct on (s.image_id) s.image_id, s.claimed_label, i.full_width, i.full_height
            from current_members s
            cross join lateral ( -- each by its id: a join could read all images up to a deep page
                select full_width, full_height
                from images
                where id = s.image_id
                offset 0
            ) i
            where s.label = %s and s.image_id > %s
            order by s.image_id
            limit %s
        ) m
        join labels l on l.mid = m.claimed_label
        order by m.image_id
        """,
        (mid, after, limit),
    )
    return _tiles(cursor)


def of_label_before(cursor: Cursor, mid: str, before: str, limit: int) -> list[Tile]:
    """The label's images that stand before the id, nearest first."""
    cursor.execute(
        """
        select m.image_id, m.full_width, m.full_height, l.mid, l.name, 0.0 as distance
        from (
            select distinct on (s.image_id) s.image_id, s.claimed_label, i.full_width, i.full_height
            from current_members s
            cross join lateral ( -- each by its id: a join could read all images up to a deep page
                select full_width, full_height
                from images
                where id = s.image_id
                offset 0
            ) i
            where s.label = %s and s.image_id < %s
            order by s.image_id desc
            limit %s
        ) m
        join labels l on l.mid = m.claimed_label
        order by m.image_id desc
        """,
        (mid, before, limit),
    )
    return _tiles(cursor)


def of_cluster(cursor: Cursor, cluster_id: int, after: tuple[float, str], limit: int) -> list[Tile]:
    """A cluster's images, nearest to its centre first, behind (distance, id)."""
    _walk_indexes(cursor)
    cursor.execute(
        """
        select m.image_id, m.full_width, m.full_height, l.mid, l.name, m.distance
        from clusters c
        join labels l on l.mid = c.label
        cross join lateral (
            select m.*, i.full_width, i.full_height
            from cluster_members m
            join images i on i.id = m.image_id
            where m.cluster_id = c.id
                and (m.distance, m.image_id) > (%(distance)s::real, %(image)s)
                and (
                    select true
                    from current_members s
                    where s.label = c.label and s.image_id = m.image_id
                    limit 1
                )
            order by m.distance, m.image_id
            limit %(limit)s
        ) m
        where c.id = %(cluster)s
        order by m.distance, m.image_id
        """,
        {
            "cluster": cluster_id,
            "distance": after[0],
            "image": after[1],
            "limit": limit,
        },
    )
    found = _tiles(cursor)
    _walk_indexes(cursor, only=False)
    return found


def of_cluster_before(
    cursor: Cursor, cluster_id: int, before: tuple[float, str], limit: int
) -> list[Tile]:
    """A cluster's images that stand before (distance, id), farthest from the centre first."""
    _walk_indexes(cursor)
    cursor.execute(
        """
        select m.image_id, m.full_width, m.full_height, l.mid, l.name, m.distance
        from clusters c
        join labels l on l.mid = c.label
        cross join lateral (
            select m.*, i.full_width, i.full_height
            from cluster_members m
            join images i on i.id = m.image_id
            where m.cluster_id = c.id
                and (m.distance, m.image_id) < (%(distance)s::real, %(image)s)
                and (
                    select true
                    from current_members s
                    where s.label = c.label and s.image_id = m.image_id
                    limit 1
                )
            order by m.distance desc, m.image_id desc
            limit %(limit)s
        ) m
        where c.id = %(cluster)s
        order by m.distance desc, m.image_id desc
        """,
        {
            "cluster": cluster_id,
            "distance": before[0],
            "image": before[1],
            "limit": limit,
        },
    )
    found = _tiles(cursor)
    _walk_indexes(cursor, only=False)
    return found


def clusters(cursor: Cursor, mid: str) -> list[tuple[int, int, int]]:
    """A label's clusters, largest first: id, ordinal and size."""
    cursor.execute(
        "select id, ordinal, size from clusters where label = %s order by ordinal", (mid,)
    )
    return [(row.id, row.ordinal, row.size) for row in cursor.fetchall()]


def cluster_fronts(
    cursor: Cursor, mids: Sequence[str], limit: int, tiles_each: int
) -> dict[str, list[ClusterEntry]]:
    """The largest clusters of each label, each with the tiles nearest to its centre."""
    _walk_indexes(cursor)
    cursor.execute(
        """
        select c.id, c.ordinal, c.size, m.image_id, m.full_width, m.full_height, l.mid, l.name,
            m.distance
        from unnest(%s::text[]) asked (label)
        cross join lateral (
            select *
            from clusters
            where label = asked.label
            order by ordinal
            limit %s
        ) c
        cross join lateral (
            select m.*, i.full_width, i.full_height
            from cluster_members m
            join images i on i.id = m.image_id
            where m.cluster_id = c.id
                and (
                    select true
                    from current_members s
                    where s.label = c.label and s.image_id = m.image_id
                    limit 1
                )
            order by m.distance, m.image_id
            limit %s
        ) m
        join labels l on l.mid = c.label
        order by c.label, c.ordinal, m.distance, m.image_id
        """,
        (list(mids), limit, tiles_each),
    )
    found: dict[tuple[int, int, int], list[Tile]] = {}
    for row in cursor.fetchall():
        found.setdefault((row.id, row.ordinal, row.size), []).append(_tile(row))
    _walk_indexes(cursor, only=False)
    fronts: dict[str, list[ClusterEntry]] = {mid: [] for mid in mids}
    for key, tiles in found.items():
        fronts[tiles[0].label.mid].append(ClusterEntry(*key, tuple(tiles)))
    return fronts


def similar(cursor: Cursor, image_id: str, leave_out: Sequence[str], limit: int) -> list[Tile]:
    """Public images whose embeddings are nearest (cosine) in the current verification version.

    `leave_out` are images not to show, such as its own duplicates. Empty where the image has no
    embedding in that version; one whose photo could not be read (all zeros) resembles none.
    """
    cursor.execute(
        """
        select set_config('hnsw.iterative_scan', 'relaxed_order', true),
            set_config('hnsw.ef_search', %s, true)
        """,
        (str(max(40, 2 * limit)),),
    )
    cursor.execute(
        """
        with asked as (
            select embedding, version
            from image_checks
            join current_version using (version)
            where image_id = %(image)s
        ), near as materialized (
            select c.image_id, c.embedding <=> (select embedding from asked) as distance
            from image_checks c
            where c.version = (select version from asked)
                and c.image_id <> all(%(leave_out)s)
                and exists (select from current_members s where s.image_id = c.image_id)
            order by c.embedding <=> (select embedding from asked)
            limit %(limit)s
        )
        select n.image_id, i.full_width, i.full_height, l.mid, l.name, n.distance
        from near n
        join images i on i.id = n.image_id
        join lateral (
            select claimed_label
            from current_members s
            where s.image_id = n.image_id
            order by claimed_label
            limit 1
        ) s on true
        join labels l on l.mid = s.claimed_label
        where n.distance <> 'NaN'
        order by n.distance, n.image_id
        """,
        {"image": image_id, "leave_out": [image_id, *leave_out], "limit": limit},
    )
    return _tiles(cursor)


def _walk_indexes(cursor: Cursor, only: bool = True) -> None:
    """Have a cluster read in its index's order, as far as the limit, or let Postgres choose again.

    Postgres thinks that clusters are small, and would read a large one whole to sort it. For the
    same reason membership is asked by a subselect, which is never joined to the whole label.
    """
    switch = "off" if only else "on"
    cursor.execute(
        """
        select set_config('enable_sort', %(switch)s, true),
            set_config('enable_incremental_sort', %(switch)s, true),
            set_config('enable_bitmapscan', %(switch)s, true)
        """,
        {"switch": switch},
    )


def _tiles(cursor: Cursor) -> list[Tile]:
    return [_tile(row) for row in cursor.fetchall()]


def _tile(row: Any) -> Tile:
    return Tile(
        row.image_id,
        row.full_width,
        row.full_height,
        Label(row.mid, row.name),
        float(row.distance),
    )
