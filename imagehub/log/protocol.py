"""What an upload log promises. Both implementations pass the same behaviour suite."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from imagehub.messages import Message

RETENTION_DAYS = 30
"""How long a log keeps messages that have been handled."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a message stands in a topic; offsets count up from 0 within a partition."""

    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Received:
    """A message as a consumer got it."""

    position: Position
    message: Message


@dataclass(frozen=True, slots=True)
class UnhandledLoss:
    """Messages that a group has not handled: those that the log will remove soon, or has removed.

    `at_risk` have used up half of the log's time or room, or more.
    """

    at_risk: int
    removed: int


class LogConsumer(Protocol):
    """One member of a consumer group. Not safe to share between threads."""

    def poll(self, max_messages: int, timeout_seconds: float) -> Sequence[Received]:
        """Return the next messages of the partitions that this member holds, in offset order.

        Waits up to `timeout_seconds` for the first one; an empty answer means that none came.
        Raises Unavailable while the log is down.
        """
        ...

    def commit(self, positions: Sequence[Position]) -> None:
        """Record that every message up to and including these positions has been handled.

        Raises Unavailable if the log is down or this member no longer holds the partition; the
        next poll then begins at what the group has committed.
        """
        ...

    def rewind(self) -> None:
        """Go back to offset 0 of every partition of the group.

        Raises Unavailable if the log is down or another member reads for the group.
        """
        ...

    def close(self) -> None:
        """Leave the group."""
        ...


class UploadLog(Protocol):
    """A topic: an append-only sequence of messages that survives the death of every process."""

    topic: str

    def append(self, message: Message) -> None:
        """Return once the message is durable; raise Unavailable if that cannot be said.

        Raises Refused(`message_too_large`) for a photo above MAX_PHOTO_BYTES or headers above
        imagehub.log.size.MAX_HEADERS_BYTES.
        """
        ...

    def consumer(self, group: str) -> LogConsumer:
        """Make a member of a group, which joins at its first call.

        It starts at the group's committed offset, or else at 0.
        """
        ...

    def lag(self, group: str) -> int:
        """Count the messages that the group has not committed yet."""
        ...

    def unhandled_loss(self, group: str) -> UnhandledLoss:
        """Count the messages that the log removes before the group has handled them."""
        ...

    def prune(self, older_than_days: float) -> int:
        """Remove messages that are older and that every known group has committed; count them.

        A log that removes old messages by itself does nothing.
        """
        ...

    def forget(self, keys: Collection[str], unhandled_too: bool = False) -> bool:
        """Remove the messages of these keys, with their bytes, that every known group has handled.

        False if one of them is still to be handled: ask again later; unless `unhandled_too`. A log
        that cannot remove single messages says True and keeps them until its retention ends.
        """
        ...

    def carries(self, photo_sha256: str) -> bool | None:
        """True if a message with this photo (digest in hex) is there; None if it is unknown."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
