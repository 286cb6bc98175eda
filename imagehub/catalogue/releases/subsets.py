"""Subsets: saved selections over label sets, and what they would hold now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import accumulate, groupby
from typing import Any
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.subsets import SubsetRules
from imagehub.vocabulary import Label


@dataclass(frozen=True, slots=True)
class Subset:
    """A saved selection."""

    id: UUID
    name: str
    account_id: UUID
    rules: SubsetRules
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LabelCount:
    """What a selection finds under one of its labels, and how much of it a cap leaves.

    An image counts under one label only. `splits` and `total_bytes` are of the files taken.
    """

    label: Label
    images: int
    files: int
    total_bytes: int
    splits: Mapping[str, int]


def rules_as_json(rules: SubsetRules) -> str:
    """Write rules as the catalogue keeps them."""
    return json.dumps({**asdict(rules), "splits": dict(rules.splits)})


def rules_from_json(value: Mapping[str, Any]) -> SubsetRules:
    """Read rules as the catalogue gives them; splits come in order of their names."""
    return SubsetRules(
        labels=tuple(value["labels"]),
        cap_per_label=value["cap_per_label"],
        min_short_side_pixels=value["min_short_side_pixels"],
        keepers_only=value["keepers_only"],
        splits=tuple(sorted(value["splits"].items())),
    )


def create(cursor: Cursor, account_id: UUID, name: str, rules: SubsetRules) -> bool:
    """Save a selection under a name; False if the name is taken."""
    cursor.execute(
        """
        insert into subsets (name, account_id, rules)
        values (%s, %s, %s)
        on conflict (name) do nothing
        """,
        (name, account_id, rules_as_json(rules)),
    )
    return bool(cursor.rowcount)


def find(cursor: Cursor, name: str) -> Subset | None:
    """The subset of this name."""
    cursor.execute(
        "select id, name, account_id, rules, created_at from subsets where name = %s", (name,)
    )
    row = cursor.fetchone()
    return _subset(row) if row else None


def lock(cursor: Cursor, name: str) -> Subset | None:
    """The subset of this name, locked until the transaction ends."""
    cursor.execute(
        """
        select id, name, account_id, rules, created_at
        from subsets
        where name = %s
        for update
        """,
        (name,),
    )
    row = cursor.fetchone()
    return _subset(row) if row else None


def newest(cursor: Cursor, before: tuple[datetime, str] | None, limit: int) -> list[Subset]:
    """Subsets, those saved last first, from behind `before` (when saved, name) on."""
    cursor.execute(
        """
        select id, name, account_id, rules, created_at
        from subsets
        where %(name)s is null or (created_at, name) < (%(at)s::timestamptz, %(name)s)
        order by created_at desc, name desc
        limit %(limit)s
        """,
        {
            "at": before[0] if before else None,
            "name": before[1] if before else None,
            "limit": limit,
        },
    )
    return [_subset(row) for row in cursor.fetchall()]


def count(cursor: Cursor, rules: SubsetRules) -> list[LabelCount]:
    """Count what a first release would hold now, for each label in the order of the rules.

    This is a second copy of the rule by which the release job chooses, in
    `spark_jobs.release.selection.choose`: a preview reads no image's row into Python. An image
    that hangs below several of the labels counts under the nearest one, a cap takes the smallest
    ids, and a lot made of the duplicate group's keeper draws the split.
    """
    names = sorted(name for name, _ in rules.splits)
    shares = dict(rules.splits)
    cursor.execute(
        _COUNT,
        {
            "labels": list(rules.labels),
            "min_short_side_pixels": rules.min_short_side_pixels,
            "keepers_only": rules.keepers_only,
            "cap": rules.cap_per_label,
            "bounds": [*accumulate(shares[name] for name in names[:-1]), 2.0],
        },
    )
    return [
        _label_count(Label(mid, name), list(rows), names)
        for (mid, name), rows in groupby(cursor.fetchall(), key=lambda row: (row.mid, row.name))
    ]


def open_request(cursor: Cursor, subset: Subset) -> str | None:
    """A release of exactly these rules that was asked for and is not answered yet."""
    cursor.execute(
        """
        select release_id
        from release_requests asked
        where subset_id = %s
            and rules = %s::jsonb
            and not exists (select from releases where id = asked.release_id)
            and not exists (select from release_failures where release_id = asked.release_id)
        order by number
        limit 1
        """,
        (subset.id, rules_as_json(subset.rules)),
    )
    row = cursor.fetchone()
    return row.release_id if row else None


def request_release(cursor: Cursor, subset: Subset, account_id: UUID) -> str:
    """Ask for the subset's next release; lock the subset first. Returns the release's id."""
    cursor.execute(
        """
        insert into release_requests (release_id, subset_id, number, rules, account_id)
        select %(name)s || '-' || number, %(subset_id)s, number, %(rules)s, %(account_id)s
        from (
            select coalesce(max(number), 0) + 1 as number
            from release_requests
            where subset_id = %(subset_id)s
        ) as next_one
        returning release_id
        """,
        {
            "name": subset.name,
            "subset_id": subset.id,
            "rules": rules_as_json(subset.rules),
            "account_id": account_id,
        },
    )
    release_id: str = cursor.fetchone().release_id
    return release_id


def _label_count(label: Label, rows: Sequence[Any], names: Sequence[str]) -> LabelCount:
    files = {row.split: row.files for row in rows}
    return LabelCount(
        label,
        images=sum(row.images for row in rows),
        files=sum(files.values()),
        total_bytes=sum(row.total_bytes for row in rows),
        splits={name: files.get(number, 0) for number, name in enumerate(names)},
    )


def _subset(row: Any) -> Subset:
    return Subset(row.id, row.name, row.account_id, rules_from_json(row.rules), row.created_at)


_COUNT = """
    with found as (
        select distinct on (m.image_id) m.image_id, m.label, images.full_bytes,
               coalesce(near.keeper_id, m.image_id) as keeper_id,
               first_value(m.image_id) over (
                   partition by coalesce(near.keeper_id, m.image_id)
                   order by near.distance nulls first, m.image_id) as kept
        from current_members m
        join images on images.id = m.image_id
        join label_ancestors a on a.mid = m.claimed_label and a.ancestor = m.label
        left join duplicates near on near.image_id = m.image_id
        where m.label = any(%(labels)s)
          and least(images.full_width, images.full_height) >= %(min_short_side_pixels)s
        order by m.image_id, a.distance, m.label
    ), numbered as (
        select *, row_number() over (partition by label order by image_id) as place,
               split_lot(keeper_id) as lot
        from found where image_id = kept or not %(keepers_only)s
    ), drawn as (
        select *, width_bucket(lot, %(bounds)s::float8[]) as split,
               place <= coalesce(%(cap)s, place) as is_taken
        from numbered
    )
    select labels.mid, labels.name, drawn.split, count(drawn.image_id) as images,
           count(*) filter (where drawn.is_taken) as files,
           coalesce(sum(drawn.full_bytes) filter (where drawn.is_taken), 0)::bigint
               as total_bytes
    from labels left join drawn on drawn.label = labels.mid
    where labels.mid = any(%(labels)s)
    group by labels.mid, labels.name, drawn.split
    order by array_position(%(labels)s, labels.mid), drawn.split
    """
