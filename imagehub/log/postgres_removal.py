"""Removing messages from the upload log in Postgres: the old ones, and those that must go."""

from __future__ import annotations

from collections.abc import Collection

from imagehub.catalogue.database import Cursor


def prune(cursor: Cursor, topic: str, older_than_days: float, at_most: int) -> int:
    """Remove messages that are older and that every known group has committed; count them."""
    cursor.execute(
        """
        with removed as (
            delete from log_messages
            where topic = %(topic)s
                and "offset" in (
                    select "offset"
                    from log_messages
                    where topic = %(topic)s
                        and appended_at < now() - %(days)s * interval '1 day'
                        and "offset" < (
                            select min(next_offset)
                            from log_offsets
                            where topic = %(topic)s
                        )
                    order by "offset"
                    limit %(at_most)s
                )
            returning pieces
        ), removed_pieces as (
            delete from log_pieces
            where pieces in (select pieces from removed)
        )
        select count(*) as messages
        from removed
        """,
        {"topic": topic, "days": older_than_days, "at_most": at_most},
    )
    return int(cursor.fetchone().messages)


def forget(cursor: Cursor, topic: str, keys: Collection[str], unhandled_too: bool) -> bool:
    """Remove the messages of these keys that every known group has committed, or all of them.

    False while one of them is left.
    """
    cursor.execute(
        """
        with found as materialized (
            select "offset",
                not %(all)s and "offset" >= coalesce(
                    (select min(next_offset) from log_offsets where topic = %(topic)s), 0
                ) as is_left
            from log_messages
            where topic = %(topic)s and key = any(%(keys)s)
        ), removed as (
            delete from log_messages
            where topic = %(topic)s and "offset" in (select "offset" from found where not is_left)
            returning pieces
        ), removed_pieces as (
            delete from log_pieces
            where pieces in (select pieces from removed)
        )
        select not coalesce(bool_or(is_left), false) as answer
        from found
        """,
        {"topic": topic, "keys": sorted(keys), "all": unhandled_too},
    )
    return bool(cursor.fetchone().answer)


def carries(cursor: Cursor, topic: str, photo_sha256: str) -> bool:
    """True if a message's headers name the photo's digest, as those of every upload do."""
    cursor.execute(
        """
        select exists (
            select from log_messages
            where topic = %s and strpos(headers->>'upload', %s) > 0
        ) as answer
        """,
        (topic, photo_sha256),
    )
    return bool(cursor.fetchone().answer)
