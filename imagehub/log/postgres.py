"""The upload log as a table of the catalogue: one partition, one active consumer a group.

Offsets are given out under the lock of the topic's row. It is taken once the messages' bytes are
written and held until they are durable: no offset is skipped, and none can be seen before a smaller
one. The active consumer of a (topic, group) is the one whose connection holds an advisory lock; the
others stand by.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Sequence
from typing import Any

from imagehub.catalogue.database import Cursor, Database
from imagehub.errors import Unavailable
from imagehub.log import postgres_append, postgres_removal
from imagehub.log.group_commit import GroupCommit
from imagehub.log.protocol import Position, Received, UnhandledLoss
from imagehub.log.size import MAX_MESSAGE_BYTES, refuse_oversized
from imagehub.messages import Message

MEMBER_TIMEOUT_SECONDS = 120
"""A consumer that makes no call for so long loses its group's lock."""

MAX_POLL_BYTES = 2 * MAX_MESSAGE_BYTES
POLL_INTERVAL_SECONDS = 0.05
PRUNE_MESSAGES = 100
"""How many are removed in one transaction, which must stay well below a statement's time."""


class PostgresLog:
    """A topic in Postgres; see imagehub.log.protocol.UploadLog. Safe to share between threads."""

    def __init__(
        self, topic: str, url: str, member_timeout_seconds: int = MEMBER_TIMEOUT_SECONDS
    ) -> None:
        self.topic = topic
        self._database = Database(url)
        self._member_timeout_seconds = member_timeout_seconds
        self._together = GroupCommit(self._write)

    def append(self, message: Message) -> None:
        """Return once the message is durable; raise Unavailable if that cannot be said.

        Raises Refused if the message is larger than every log can carry.
        """
        refuse_oversized(message)
        self._together.append(message)

    def _write(self, messages: Sequence[Message]) -> None:
        with self._database.transaction() as cursor:
            postgres_append.append(cursor, self.topic, messages)

    def consumer(self, group: str) -> PostgresLogConsumer:
        """Join a consumer group, starting at the group's committed offset, or else at 0."""
        return PostgresLogConsumer(
            Database(self._database.url), self.topic, group, self._member_timeout_seconds
        )

    def lag(self, group: str) -> int:
        """Count the messages that the group has not committed yet."""
        with self._database.transaction() as cursor:
            return _lag(cursor, self.topic, group)

    def unhandled_loss(self, group: str) -> UnhandledLoss:  # noqa: ARG002 the protocol's
        """None: a message stays until every known group has committed it."""
        return UnhandledLoss(at_risk=0, removed=0)

    def prune(self, older_than_days: float) -> int:
        """Remove messages that are older and that every known group has committed; count them."""
        total = 0
        while True:
            with self._database.transaction() as cursor:
                removed = postgres_removal.prune(
                    cursor, self.topic, older_than_days, PRUNE_MESSAGES
                )
            total += removed
            if removed < PRUNE_MESSAGES:
                return total

    def forget(self, keys: Collection[str], unhandled_too: bool = False) -> bool:
        """Remove handled messages of these keys; False while one of them is still to be handled."""
        with self._database.transaction() as cursor:
            return postgres_removal.forget(cursor, self.topic, keys, unhandled_too)

    def carries(self, photo_sha256: str) -> bool | None:
        """True if a message with this photo is there."""
        with self._database.transaction() as cursor:
            return postgres_removal.carries(cursor, self.topic, photo_sha256)

    def close(self) -> None:
        """Let go of this thread's connection; every other thread's goes with its thread."""
        self._database.close()


class PostgresLogConsumer:
    """A member of a group; see imagehub.log.protocol.LogConsumer.

    It reads only while its connection holds the group's lock, so it must stay in one thread.
    """

    def __init__(
        self, database: Database, topic: str, group: str, member_timeout_seconds: int
    ) -> None:
        self._database = database
        self._topic = topic
        self._group = group
        self._member_timeout_seconds = member_timeout_seconds
        self._holder: Any = None  # the very connection that took the lock
        self._next_offset = 0

    def poll(self, max_messages: int, timeout_seconds: float) -> Sequence[Received]:
        """Return the next messages, or none after the time is up or while standing by."""
        deadline = time.monotonic() + timeout_seconds
        while True:
            with self._database.transaction() as cursor:
                if self._hold(cursor):
                    received = _read(cursor, self._topic, self._next_offset, max_messages)
                    if received:
                        self._next_offset = received[-1].position.offset + 1
                        return received
            left_seconds = deadline - time.monotonic()
            if left_seconds <= 0:
                return []
            time.sleep(min(POLL_INTERVAL_SECONDS, left_seconds))

    def commit(self, positions: Sequence[Position]) -> None:
        """Record that all up to and including these positions has been handled.

        After Unavailable the next poll begins at the group's committed offset.
        """
        if not positions:
            return
        self._commit_next(max(positions).offset + 1)

    def rewind(self) -> None:
        """Go back to offset 0; raise Unavailable while another member reads for the group."""
        with self._database.transaction() as cursor:
            is_held = self._hold(cursor)
        if not is_held:
            raise Unavailable(
                f"Another consumer reads {self._topic} for {self._group}: stop it, then rewind."
            )
        self._commit_next(0)
        self._next_offset = 0

    def close(self) -> None:
        """Leave the group: the lock goes with the connection."""
        self._holder = None
        self._database.close()

    def _hold(self, cursor: Cursor) -> bool:
        """Say whether this member is the active one; become it if the place is free."""
        if cursor.connection is self._holder:
            return True
        self._holder = None
        if not _try_lock(cursor, self._topic, self._group):
            return False
        _limit_silence(cursor, self._member_timeout_seconds)
        self._next_offset = _committed(cursor, self._topic, self._group)
        self._holder = cursor.connection
        return True

    def _commit_next(self, next_offset: int) -> None:
        try:
            with self._database.transaction() as cursor:
                if cursor.connection is not self._holder:
                    raise Unavailable(
                        f"This consumer no longer reads {self._topic} for {self._group}."
                    )
                _commit(cursor, self._topic, self._group, next_offset)
        except Unavailable:
            self._holder = None
            self._database.close()  # lets the lock go, so that the next poll begins anew
            raise


def _read(cursor: Cursor, topic: str, from_offset: int, max_messages: int) -> list[Received]:
    # The first message always comes, however large; those after it while they fit.
    cursor.execute(
        """
        with next_messages as (
            select "offset", sum(size_bytes) over (order by "offset") as bytes_so_far
            from (
                select "offset", pieces_bytes + octet_length(value) as size_bytes
                from log_messages
                where topic = %(topic)s and "offset" >= %(from_offset)s
                order by "offset"
                limit %(max_messages)s
            ) as candidates
        )
        select "offset", key, headers,
            coalesce(
                (
                    select string_agg(bytes, '' order by number)
                    from log_pieces
                    where log_pieces.pieces = log_messages.pieces
                ), ''
            ) || value as value
        from next_messages
        join log_messages using ("offset")
        where topic = %(topic)s
            and (
                bytes_so_far <= %(max_bytes)s
                or "offset" = (select min("offset") from next_messages)
            )
        order by "offset"
        """,
        {
            "topic": topic,
            "from_offset": from_offset,
            "max_messages": max_messages,
            "max_bytes": MAX_POLL_BYTES,
        },
    )
    return [
        Received(
            Position(partition=0, offset=row.offset),
            Message(key=row.key, headers=row.headers, value=bytes(row.value)),
        )
        for row in cursor.fetchall()
    ]


def _lag(cursor: Cursor, topic: str, group: str) -> int:
    cursor.execute(
        """
        select topics.next_offset - greatest(
            coalesce(
                (select min("offset") from log_messages where topic = topics.topic),
                topics.next_offset
            ),
            coalesce(
                (
                    select next_offset
                    from log_offsets
                    where topic = topics.topic and consumer_group = %s
                ), 0
            )
        ) as lag
        from log_topics as topics
        where topic = %s
        """,
        (group, topic),
    )
    row = cursor.fetchone()
    return int(row.lag) if row else 0


def _try_lock(cursor: Cursor, topic: str, group: str) -> bool:
    cursor.execute(
        "select pg_try_advisory_lock(hashtextextended(%s, 0)) as held",
        (json.dumps(["upload log consumer", topic, group]),),
    )
    return bool(cursor.fetchone().held)


def _limit_silence(cursor: Cursor, seconds: int) -> None:
    # Postgres ends a frozen holder's session itself, and with it the lock.
    cursor.execute("select set_config('idle_session_timeout', %s, false)", (f"{seconds}s",))


def _committed(cursor: Cursor, topic: str, group: str) -> int:
    cursor.execute(
        "select next_offset from log_offsets where topic = %s and consumer_group = %s",
        (topic, group),
    )
    row = cursor.fetchone()
    return int(row.next_offset) if row else 0


def _commit(cursor: Cursor, topic: str, group: str, next_offset: int) -> None:
    cursor.execute(
        """
        with known as (
            insert into log_topics (topic)
            values (%(topic)s)
            on conflict do nothing
        )
        insert into log_offsets (topic, consumer_group, next_offset)
        values (%(topic)s, %(group)s, %(next_offset)s)
        on conflict (topic, consumer_group) do update
        set next_offset = excluded.next_offset
        """,
        {"topic": topic, "group": group, "next_offset": next_offset},
    )
