"""How often each message was taken: what tells that a message kills the process that takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imagehub.catalogue.database import Cursor


@dataclass(frozen=True, slots=True)
class MessageOffset:
    """Where a message stands: topic, partition, offset."""

    topic: str
    partition: int
    offset: int


def find(cursor: Cursor, offsets: Sequence[MessageOffset]) -> dict[MessageOffset, int]:
    """The attempts at those of the messages that were taken and not settled."""
    cursor.execute(
        f"""
        select topic, partition, "offset", attempts
        from ingestion_attempts
        where (topic, partition, "offset") in (select * from {_PLACES})
        """,  # noqa: S608 a constant
        _columns(offsets),
    )
    rows = cursor.fetchall()
    return {MessageOffset(row.topic, row.partition, row.offset): row.attempts for row in rows}


def add(cursor: Cursor, offsets: Sequence[MessageOffset]) -> None:
    """Count one attempt more at each of the messages."""
    cursor.execute(
        f"""
        insert into ingestion_attempts (topic, partition, "offset", attempts)
        select *, 1
        from {_PLACES}
        on conflict (topic, partition, "offset") do update
        set attempts = ingestion_attempts.attempts + 1
        """,  # noqa: S608 a constant
        _columns(offsets),
    )


def take_back(cursor: Cursor, offsets: Sequence[MessageOffset]) -> None:
    """Count one attempt less at each of the messages: it ended, and not by their fault."""
    cursor.execute(
        f"""
        update ingestion_attempts
        set attempts = attempts - 1
        where attempts > 0 and (topic, partition, "offset") in (select * from {_PLACES})
        """,  # noqa: S608 a constant
        _columns(offsets),
    )


def forget(cursor: Cursor, offset: MessageOffset) -> None:
    """The message is settled."""
    cursor.execute(
        'delete from ingestion_attempts where topic = %s and partition = %s and "offset" = %s',
        (offset.topic, offset.partition, offset.offset),
    )


_PLACES = "unnest(%(topics)s::text[], %(partitions)s::integer[], %(offsets)s::bigint[])"


def _columns(offsets: Sequence[MessageOffset]) -> dict[str, list[str] | list[int]]:
    return {
        "topics": [offset.topic for offset in offsets],
        "partitions": [offset.partition for offset in offsets],
        "offsets": [offset.offset for offset in offsets],
    }
