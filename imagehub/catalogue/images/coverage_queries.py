"""What the coverage board reads: photos of a label by place, device, light and cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Label

DIMENSIONS = ("light", "device", "place", "cluster")


@dataclass(frozen=True, slots=True)
class ValueCount:
    """How many images of a label have a value of a dimension; empty, or -1: not known."""

    label: str
    dimension: str
    value: str
    images: int


@dataclass(frozen=True, slots=True)
class CoverageFilter:
    """Values that images must have to be counted; None: any."""

    light: str | None = None
    device: str | None = None
    place: str | None = None
    cluster: int | None = None


def labels(cursor: Cursor, before: tuple[int, str], limit: int) -> list[tuple[Label, int]]:
    """Labels with their numbers of images, most first, behind a number and MID."""
    cursor.execute(
        """
        select l.mid, l.name, c.images
        from label_set_counts c
        join labels l on l.mid = c.label
        where c.images > 0 and (-c.images, l.mid) > (-%s, %s)
        order by -c.images, l.mid
        limit %s
        """,
        (*before, limit),
    )
    return [(Label(row.mid, row.name), row.images) for row in cursor.fetchall()]


def counts(cursor: Cursor, mids: Sequence[str], choice: CoverageFilter) -> list[ValueCount]:
    """Count the images of labels by each dimension, of those that a choice leaves."""
    cursor.execute(
        """
        select label,
            case
                when grouping(light) = 0 then 'light'
                when grouping(device) = 0 then 'device'
                when grouping(place) = 0 then 'place'
                else 'cluster'
            end as dimension,
            coalesce(light, device, place, cluster::text) as value, sum(images)::integer as images
        from coverage_cells
        where label = any(%(mids)s)
            and (%(light)s::text is null or light = %(light)s)
            and (%(device)s::text is null or device = %(device)s)
            and (%(place)s::text is null or place = %(place)s)
            and (%(cluster)s::int is null or cluster = %(cluster)s)
        group by grouping sets ((label, light), (label, device), (label, place), (label, cluster))
        order by 1, 2, 4 desc, 3
        """,
        {
            "mids": list(mids),
            "light": choice.light,
            "device": choice.device,
            "place": choice.place,
            "cluster": choice.cluster,
        },
    )
    return [ValueCount(*row) for row in cursor.fetchall()]


def places(cursor: Cursor, limit: int) -> list[str]:
    """The regions from which most images come."""
    cursor.execute(
        """
        select place
        from coverage_cells
        where place <> ''
        group by place
        order by sum(images) desc, place
        limit %s
        """,
        (limit,),
    )
    return [row.place for row in cursor.fetchall()]
