"""The coverage board: photos of a label by place, device, light and cluster, counted by a job."""

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


DARK_BELOW, BRIGHT_ABOVE = 75, 165
"""Mean luma; of rendered and of real photos about one in ten lies on either side."""

PHONES = r"phone|android|pixel|galaxy|\msm-|redmi|xiaomi|huawei|oneplus|motorola|nokia|ipad"
CAMERAS = r"canon|nikon|\msony|fujifilm|lumix|olympus|leica|pentax|hasselblad|gopro|\mdsc|\mdmc"
"""How the names of devices that people send begin or read, in lower case."""

LEAST_CONTRIBUTORS = 3
"""A region from which fewer people sent photos is not told: it would tell who they are."""


def forget_cells(cursor: Cursor) -> None:
    """Drop all numbers."""
    cursor.execute("delete from coverage_cells")


def count_cells(cursor: Cursor) -> int:
    """Count the newest label sets anew, after `forget`; return how many rows that made.

    An image's place and device are those that its first contributor gave.
    """
    cursor.execute(
        r"""
        with sent as (
            select i.id, u.account_id, lower(u.device) as device, i.brightness,
                   (floor(u.latitude / 10) * 10)::int || ' '
                   || (floor(u.longitude / 10) * 10)::int as place
            from images i join uploads u on u.id = i.first_upload_id
        ), told as (
            select place from sent group by place
            having count(distinct account_id) >= %(least)s
        ), facts as (
            select s.id, coalesce(t.place, '') as place,
                   case when s.device is null then '' when s.device ~ %(phones)s then 'phone'
                        when s.device ~ %(cameras)s then 'camera' else 'other' end as device,
                   case when s.brightness is null then '' when s.brightness < %(dark)s then 'dark'
                        when s.brightness > %(bright)s then 'bright' else 'normal' end as light
            from sent s left join told t on t.place = s.place
        ), members as (
            select distinct label, image_id from current_members
        ), clustered as (
            select c.label, c.ordinal, m.image_id
            from clusters c join cluster_members m on m.cluster_id = c.id
        )
        insert into coverage_cells (label, place, device, light, cluster, images)
        select m.label, f.place, f.device, f.light, coalesce(c.ordinal, -1), count(*)
        from members m join facts f on f.id = m.image_id
        left join clustered c on c.label = m.label and c.image_id = m.image_id
        group by 1, 2, 3, 4, 5
        """,
        {
            "least": LEAST_CONTRIBUTORS,
            "phones": PHONES,
            "cameras": CAMERAS,
            "dark": DARK_BELOW,
            "bright": BRIGHT_ABOVE,
        },
    )
    return int(cursor.rowcount)
