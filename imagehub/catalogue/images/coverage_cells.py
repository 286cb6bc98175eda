"""The coverage board's numbers, as the job `coverage` counts them."""

from __future__ import annotations

from imagehub.catalogue.database import Cursor

DARK_BELOW, BRIGHT_ABOVE = 75, 165
"""Mean luma; of rendered and of real photos about one in ten lies on either side."""

PHONES = r"phone|android|pixel|galaxy|\msm-|redmi|xiaomi|huawei|oneplus|motorola|nokia|ipad"
CAMERAS = r"canon|nikon|\msony|fujifilm|lumix|olympus|leica|pentax|hasselblad|gopro|\mdsc|\mdmc"
"""How the names of devices that people send begin or read, in lower case."""

LEAST_CONTRIBUTORS = 3
"""A region from which fewer people sent photos is not told: it would tell who they are."""


def forget(cursor: Cursor) -> None:
    """Drop all numbers."""
    cursor.execute("delete from coverage_cells")


def count(cursor: Cursor) -> int:
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
