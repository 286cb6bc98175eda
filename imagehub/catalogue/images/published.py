"""What the newest published version holds, read from counters: the same cost at any size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class Published:
    """Uploads that left the log, distinct images, and the newest version of the label sets.

    `verified` counts images in label sets; `version` and `published_at` are None before the first.
    """

    settled: int
    refused: int
    images: int
    verified: int
    label_sets: int
    version: int | None
    published_at: datetime | None


def newest(cursor: Cursor) -> Published:
    """The counters at one moment."""
    cursor.execute(
        """
        select c.settled, c.refused, c.images,
            coalesce(v.images, 0) as verified, coalesce(v.label_sets, 0) as label_sets,
            v.version, v.published_at
        from (
            select coalesce(sum(total) filter (where name in ('landed', 'refused')), 0)::bigint
                    as settled,
                coalesce(sum(total) filter (where name = 'refused'), 0)::bigint as refused,
                coalesce(sum(total) filter (where name = 'images'), 0)::bigint as images
            from landing_counts
        ) c
        left join (select * from label_set_versions order by version desc limit 1) v on true
        """
    )
    row = cursor.fetchone()
    return Published(**row._asdict())
