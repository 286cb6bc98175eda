"""What a large subset would hold, worked out from a sample of each label's images.

Ids are digests, so a label's images of the smallest ids are a fair sample, and the very ones that a
cap takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, groupby
from typing import Any

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.releases.subsets import LabelCount
from imagehub.subsets import SubsetRules
from imagehub.vocabulary import Label


def sizes(cursor: Cursor, labels: Sequence[str]) -> dict[str, int]:
    """How many images each label's set has, by MID."""
    cursor.execute(
        "select label, images from label_set_counts where label = any(%s)", (list(labels),)
    )
    return dict.fromkeys(labels, 0) | {row.label: row.images for row in cursor.fetchall()}


def estimate(
    cursor: Cursor, rules: SubsetRules, images: Mapping[str, int], most: int
) -> list[LabelCount]:
    """As `subsets.count`, but from `most` images of the labels together, whose sizes are given.

    A label that is small enough to be read whole is counted whole.
    """
    names = sorted(name for name, _ in rules.splits)
    shares = dict(rules.splits)
    cursor.execute(  # Postgres may take a few thousand images for reason to read whole tables
        """
        set local enable_seqscan = off;
        set local enable_hashjoin = off;
        set local enable_mergejoin = off
        """
    )
    cursor.execute(
        _SAMPLE,
        {
            "labels": list(rules.labels),
            "takes": _shared_out([images[mid] for mid in rules.labels], most),
            "min_short_side_pixels": rules.min_short_side_pixels,
            "keepers_only": rules.keepers_only,
            "cap": rules.cap_per_label,
            "bounds": [*accumulate(shares[name] for name in names[:-1]), 2.0],
        },
    )
    return [
        _scaled(Label(mid, name), list(rows), names, images[mid], rules.cap_per_label)
        for (mid, name), rows in groupby(cursor.fetchall(), key=lambda row: (row.mid, row.name))
    ]


def _shared_out(wanted: Sequence[int], most: int) -> list[int]:
    """Share `most` out: who wants little gets it all, the others get equal parts of the rest."""
    shares = dict.fromkeys(range(len(wanted)), 0)
    left = most
    for place, (index, size) in enumerate(sorted(enumerate(wanted), key=lambda one: one[1])):
        shares[index] = min(size, left // (len(wanted) - place))
        left -= shares[index]
    return list(shares.values())


def _scaled(
    label: Label, rows: Sequence[Any], names: Sequence[str], images: int, cap: int | None
) -> LabelCount:
    found, taken = sum(row.images for row in rows), sum(row.files for row in rows)
    factor = images / max(1, rows[0].read)
    all_images = round(found * factor)
    files = all_images if cap is None else min(cap, all_images)
    by_split = {row.split: row.files * files / max(1, taken) for row in rows}
    splits = {name: round(by_split.get(number, 0)) for number, name in enumerate(names)}
    splits[names[0]] += files - sum(splits.values())  # what rounding lost
    return LabelCount(
        label,
        images=all_images,
        files=files,
        total_bytes=round(sum(row.total_bytes for row in rows) * files / max(1, taken)),
        splits=splits,
    )


_SAMPLE = """
    with read as materialized (
        select asked.label, sampled.image_id
        from unnest(%(labels)s::text[], %(takes)s::int[]) asked (label, take)
        cross join lateral (
            select distinct m.image_id
            from current_members m
            where m.label = asked.label
            order by m.image_id
            limit asked.take
        ) sampled
    ), found as materialized (
        select r.label, r.image_id, i.full_bytes, coalesce(near.keeper_id, r.image_id) as keeper_id
        from read r
        join images i on i.id = r.image_id
        left join duplicates near on near.image_id = r.image_id
        where least(i.full_width, i.full_height) >= %(min_short_side_pixels)s
            and r.label = (
                select m.label
                from current_members m
                join label_ancestors a on a.mid = m.claimed_label and a.ancestor = m.label
                where m.image_id = r.image_id and m.label = any(%(labels)s)
                order by a.distance, m.label
                limit 1
            )
            and (not %(keepers_only)s or near.image_id is null or (
                select true
                from (
                    select near.keeper_id as id
                    union all
                    select d.image_id
                    from duplicates d
                    where d.keeper_id = near.keeper_id
                        and (d.distance, d.image_id) < (near.distance, r.image_id)
                ) better
                join current_members m on m.image_id = better.id
                where m.label = any(%(labels)s)
                limit 1
            ) is null)
    ), drawn as (
        select *, width_bucket(split_lot(keeper_id), %(bounds)s::float8[]) as split,
            row_number() over (partition by label order by image_id)
                <= coalesce(%(cap)s, 2147483647) as is_taken
        from found
    )
    select l.mid, l.name, d.split, count(d.image_id) as images,
        count(*) filter (where d.is_taken) as files,
        coalesce(sum(d.full_bytes) filter (where d.is_taken), 0)::bigint as total_bytes,
        (select count(*) from read r where r.label = l.mid) as read
    from labels l
    left join drawn d on d.label = l.mid
    where l.mid = any(%(labels)s)
    group by l.mid, l.name, d.split
    order by array_position(%(labels)s, l.mid), d.split
    """
