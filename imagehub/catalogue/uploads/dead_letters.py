"""Messages that were set aside, and the counts that stop the line when they are a flood."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.uploads.attempts import MessageOffset

WINDOW_MESSAGES = 400
"""When the window holds so many messages, both of its counts are halved."""


@dataclass(frozen=True, slots=True)
class LineCounts:
    """What one partition handled lately: messages, dead letters among them, and in a row."""

    partition: int
    handled: int
    dead: int
    consecutive_dead: int


def is_set_aside(cursor: Cursor, place: MessageOffset) -> bool:
    """Say whether the message is among the dead letters already."""
    cursor.execute(
        'select from dead_letters where topic = %s and partition = %s and "offset" = %s',
        (place.topic, place.partition, place.offset),
    )
    return cursor.fetchone() is not None


def add(
    cursor: Cursor, place: MessageOffset, code: str, reason: str, upload_id: UUID | None
) -> bool:
    """Record a message that was set aside; False if it had been before."""
    cursor.execute(
        """
        insert into dead_letters (topic, partition, "offset", code, reason, upload_id)
        values (%s, %s, %s, %s, %s, %s) on conflict do nothing
        """,
        (
            place.topic,
            place.partition,
            place.offset,
            code,
            reason,
            upload_id,
        ),
    )
    return bool(cursor.rowcount == 1)


def not_replayed(cursor: Cursor, topic: str) -> set[MessageOffset]:
    """Where the messages of the topic stood that were set aside and not tried again."""
    cursor.execute(
        """
        select topic, partition, "offset"
        from dead_letters
        where topic = %s and replayed_at is null
        """,
        (topic,),
    )
    return {MessageOffset(*row) for row in cursor.fetchall()}


def mark_replayed(cursor: Cursor, place: MessageOffset) -> None:
    """Note that the message is in the log again."""
    cursor.execute(
        """
        update dead_letters
        set replayed_at = now()
        where topic = %s and partition = %s and "offset" = %s
        """,
        (place.topic, place.partition, place.offset),
    )


def count_handled(cursor: Cursor, place: MessageOffset, is_dead: bool) -> None:
    """Count one message of the partition in its window."""
    cursor.execute(
        """
        insert into ingestion_lines as line (topic, partition, handled, dead, consecutive_dead)
        values (%(topic)s, %(partition)s, 1, %(dead)s, %(dead)s)
        on conflict (topic, partition) do update set
            handled = (line.handled + 1) >> (line.handled + 1 >= %(window)s)::integer,
            dead = (line.dead + %(dead)s) >> (line.handled + 1 >= %(window)s)::integer,
            consecutive_dead = case when %(dead)s = 1 then line.consecutive_dead + 1 else 0 end
        """,
        {
            "topic": place.topic,
            "partition": place.partition,
            "dead": int(is_dead),
            "window": WINDOW_MESSAGES,
        },
    )


def counts(cursor: Cursor, topic: str) -> list[LineCounts]:
    """The windows of all partitions of the topic."""
    cursor.execute(
        """
        select partition, handled, dead, consecutive_dead
        from ingestion_lines
        where topic = %s
        order by partition
        """,
        (topic,),
    )
    return [LineCounts(*row) for row in cursor.fetchall()]


def reset_counts(cursor: Cursor, topic: str) -> None:
    """Forget the windows: a person has looked at the dead letters and lets the line go on."""
    cursor.execute("delete from ingestion_lines where topic = %s", (topic,))
