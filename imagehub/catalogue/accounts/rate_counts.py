"""Rate counters: one statement counts and checks, so that no two concurrent requests both pass."""

from __future__ import annotations

from collections.abc import Mapping

from imagehub.catalogue.database import Cursor


def count(
    cursor: Cursor, uses: Mapping[str, int], window_seconds: int
) -> dict[str, tuple[int, int]]:
    """Add uses to buckets; answer each one's uses so far and the seconds its window still has."""
    cursor.execute(
        """
        insert into rate_counts as kept (bucket, uses, ends_at)
        select bucket, uses, clock_timestamp() + make_interval(secs => %(seconds)s)
        from unnest(%(buckets)s::text[], %(uses)s::bigint[]) as new (bucket, uses)
        order by bucket
        on conflict (bucket) do update
        set uses = case when kept.ends_at <= clock_timestamp()
                        then excluded.uses else kept.uses + excluded.uses end,
            ends_at = case when kept.ends_at <= clock_timestamp()
                           then excluded.ends_at else kept.ends_at end
        returning bucket, uses, greatest(
            1, ceil(extract(epoch from ends_at - clock_timestamp()))
        )::integer as wait
        """,
        {"seconds": window_seconds, "buckets": list(uses), "uses": list(uses.values())},
    )
    return {row.bucket: (row.uses, row.wait) for row in cursor.fetchall()}


def forget_ended(cursor: Cursor) -> None:
    """Delete counters whose window ended an hour ago or earlier."""
    cursor.execute("delete from rate_counts where ends_at < now() - interval '1 hour'")
