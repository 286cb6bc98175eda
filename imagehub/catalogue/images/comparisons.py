"""The public photos that an image is compared with: its nearest of some labels."""

from __future__ import annotations

from collections.abc import Sequence

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.images.image_lists import Tile
from imagehub.vocabulary import Label

MOST_COMPARED = 500
"""Of a larger label so many are compared: ids are digests, so the first are as good as drawn."""


def nearest_of_labels(
    cursor: Cursor, image_id: str, mids: Sequence[str], leave_out: Sequence[str], limit: int
) -> dict[str, list[Tile]]:
    """Public images of each label with its descendants, nearest in looks (cosine) first.

    `leave_out` are images not to show, such as its own duplicates. A label without such images,
    and every label where the current version has no embedding of the image, is left out.
    """
    cursor.execute(
        """
        with asked as (
            select c.version, c.embedding
            from image_checks c
            join current_version v using (version)
            where c.image_id = %(image)s
        )
        select w.mid as wanted, n.image_id, i.full_width, i.full_height, l.mid, l.name, n.distance
        from unnest(%(mids)s::text[]) w (mid)
        cross join asked
        cross join lateral (
            select m.image_id, m.claimed_label, c.embedding <=> asked.embedding as distance
            from (
                select distinct on (s.image_id) s.image_id, s.claimed_label
                from current_members s
                where s.label = w.mid
                order by s.image_id
                limit %(most)s
            ) m
            join image_checks c on c.version = asked.version and c.image_id = m.image_id
            where m.image_id <> all(%(leave_out)s::bpchar[])
            order by distance, m.image_id
            limit %(limit)s
        ) n
        join images i on i.id = n.image_id
        join labels l on l.mid = n.claimed_label
        where n.distance <> 'NaN'
        order by w.mid, n.distance, n.image_id
        """,
        {
            "image": image_id,
            "mids": list(mids),
            "leave_out": [image_id, *leave_out],
            "most": MOST_COMPARED,
            "limit": limit,
        },
    )
    found: dict[str, list[Tile]] = {}
    for row in cursor.fetchall():
        tile = Tile(
            row.image_id,
            row.full_width,
            row.full_height,
            Label(row.mid, row.name),
            float(row.distance),
        )
        found.setdefault(row.wanted, []).append(tile)
    return found
