"""Messages that were set aside, and the counts that stop the line when they are a flood.

An admin asks to have them tried again; ingestion answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.uploads.attempts import MessageOffset

WINDOW_MESSAGES = 400
"""At this many messages in the window, both of its counts are halved."""


@dataclass(frozen=True, slots=True)
class LineCounts:
    """What one partition handled lately: messages, dead letters among them, and in a row."""

    partition: int
    handled: int
    dead: int
    consecutive_dead: int


def is_set_aside(cursor: Cursor, offset: MessageOffset) -> bool:
    """Say whether the message is among the dead letters already."""
    cursor.execute(
        'select from dead_letters where topic = %s and partition = %s and "offset" = %s',
        (offset.topic, offset.partition, offset.offset),
    )
    return cursor.fetchone() is not None


def add(
    cursor: Cursor, offset: MessageOffset, code: str, reason: str, upload_id: UUID | None
) -> bool:
    """Record a message that was set aside; False if it had been before."""
    cursor.execute(
        """
        insert into dead_letters (topic, partition, "offset", code, reason, upload_id)
        values (%s, %s, %s, %s, %s, %s)
        on conflict do nothing
        """,
        (
            offset.topic,
            offset.partition,
            offset.offset,
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


def mark_replayed(cursor: Cursor, offset: MessageOffset) -> None:
    """Note that the message is in the log again."""
    cursor.execute(
        """
        update dead_letters
        set replayed_at = now()
        where topic = %s and partition = %s and "offset" = %s
        """,
        (offset.topic, offset.partition, offset.offset),
    )


def count_handled(cursor: Cursor, offset: MessageOffset, is_dead: bool) -> None:
    """Count one message of the partition in its window."""
    cursor.execute(
        """
        insert into ingestion_lines as line (topic, partition, handled, dead, consecutive_dead)
        values (%(topic)s, %(partition)s, 1, %(dead)s, %(dead)s)
        on conflict (topic, partition) do update
        set handled = (line.handled + 1) >> (line.handled + 1 >= %(window)s)::integer,
            dead = (line.dead + %(dead)s) >> (line.handled + 1 >= %(window)s)::integer,
            consecutive_dead = case when %(dead)s = 1 then line.consecutive_dead + 1 else 0 end
        """,
        {
            "topic": offset.topic,
            "partition": offset.partition,
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


LOCK = 0x1_A6E_44C
"""Advisory lock that keeps two wishes apart; the number only has to be ours."""


@dataclass(frozen=True, slots=True)
class Replay:
    """One wish; `replayed` is None until ingestion has answered it."""

    asked_at: datetime
    replayed: int | None


def request_replay(cursor: Cursor, admin_id: UUID) -> bool:
    """Ask for it once; False while an earlier wish is not answered yet."""
    cursor.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
    cursor.execute(
        """
        insert into replay_requests (asked_by)
        select %s
        where not exists (
            select from replay_requests r
            where not exists (select from replay_answers a where a.request_id = r.id)
        )
        """,
        (admin_id,),
    )
    return bool(cursor.rowcount)


def newest_replay(cursor: Cursor) -> Replay | None:
    """The last wish, if there was one."""
    cursor.execute(
        """
        select r.asked_at, a.replayed
        from replay_requests r
        left join replay_answers a on a.request_id = r.id
        order by r.id desc
        limit 1
        """
    )
    row = cursor.fetchone()
    return Replay(*row) if row else None


def open_replays(cursor: Cursor) -> list[int]:
    """The replay requests that wait for an answer."""
    cursor.execute(
        """
        select id
        from replay_requests r
        where not exists (select from replay_answers a where a.request_id = r.id)
        order by id
        """
    )
    return [row.id for row in cursor.fetchall()]


def answer_replay(cursor: Cursor, request_id: int, replayed: int) -> None:
    """Say how many dead letters are in the upload log again; the first answer stands."""
    cursor.execute(
        "insert into replay_answers (request_id, replayed) values (%s, %s) on conflict do nothing",
        (request_id, replayed),
    )
