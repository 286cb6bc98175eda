"""Rate counters: one statement counts and checks, so that no two concurrent requests both pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imagehub.catalogue.database import Cursor

NARROW, WIDER, WIDEST = range(3)
"""How many people share a bucket; what a narrow one refuses does not count in a wider one."""


@dataclass(frozen=True, slots=True)
class RateUse:
    """So many uses of a bucket that takes `most` of them in a window of time."""

    bucket: str
    most: int
    times: int = 1
    breadth: int = NARROW


@dataclass(frozen=True, slots=True)
class RateCount:
    """A bucket after the count: its uses so far, and the seconds that its window still has."""

    uses: int
    wait_seconds: int
    is_refused: bool


def count(cursor: Cursor, asked: Sequence[RateUse], window_seconds: int) -> dict[str, RateCount]:
    """Add uses to buckets, from narrow to wide; behind a refusal no wider bucket is counted."""
    cursor.execute(
        _STATEMENT,
        {
            "seconds": window_seconds,
            "buckets": [use.bucket for use in asked],
            "most": [use.most for use in asked],
            "times": [use.times for use in asked],
            "breadths": [use.breadth for use in asked],
        },
    )
    return {row.bucket: RateCount(row.uses, row.wait, row.is_refused) for row in cursor.fetchall()}


def forget_ended(cursor: Cursor) -> None:
    """Delete counters whose window ended an hour ago or earlier."""
    cursor.execute("delete from rate_counts where ends_at < now() - interval '1 hour'")


def _counting(breadth: int, narrower: str) -> str:
    return f"""
        counted_{breadth} as (
            insert into rate_counts as kept (bucket, uses, ends_at)
            select bucket, times, clock_timestamp() + make_interval(secs => %(seconds)s)
            from asked
            where breadth = {breadth} and {narrower}
            order by bucket
            on conflict (bucket) do update
            set uses = case when kept.ends_at <= clock_timestamp()
                            then excluded.uses else kept.uses + excluded.uses end,
                ends_at = case when kept.ends_at <= clock_timestamp()
                               then excluded.ends_at else kept.ends_at end
            returning bucket, uses, ends_at
        ), passed_{breadth} as (
            select coalesce(bool_and(uses <= most), true) as passed
            from counted_{breadth} join asked using (bucket)
        )"""  # noqa: S608 # only our own words


_STATEMENT = f"""
    with asked as (
        select *
        from unnest(
            %(buckets)s::text[], %(most)s::bigint[], %(times)s::bigint[], %(breadths)s::int[]
        ) as asked (bucket, most, times, breadth)
    ),
    {_counting(NARROW, "true")},
    {_counting(WIDER, "(select passed from passed_0)")},
    {_counting(WIDEST, "(select passed from passed_0) and (select passed from passed_1)")}
    select bucket, uses, uses > most as is_refused, greatest(
        1, ceil(extract(epoch from ends_at - clock_timestamp()))
    )::integer as wait
    from (
        select * from counted_0 union all
        select * from counted_1 union all
        select * from counted_2
    ) as counted join asked using (bucket)
"""  # noqa: S608 # as above
