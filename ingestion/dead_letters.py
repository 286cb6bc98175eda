"""Dead letters: setting aside what cannot be handled, and stopping when there are too many."""

from __future__ import annotations

from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.uploads import attempts, dead_letters
from imagehub.catalogue.uploads.attempts import MessageOffset
from imagehub.catalogue.uploads.dead_letters import LineCounts
from imagehub.errors import HubError, Refused
from imagehub.log.protocol import Received
from imagehub.messages import Message
from imagehub.privacy import printable
from imagehub.vocabulary import MAX_PHOTO_BYTES
from ingestion.outcome import SetAside
from ingestion.pipeline import Pipeline

MAX_CONSECUTIVE = 50
MAX_SHARE = 0.05
MIN_WINDOW_MESSAGES = 200

_MAX_REASON_CHARACTERS = 500


class Flooded(HubError):
    """Too many messages could not be handled, so the fault is likely ours: the pipeline stops."""


def set_aside(pipeline: Pipeline, received: Received, why: SetAside) -> None:
    """Put the message with its origin among the dead letters, once; durable on return.

    Raises Flooded after the message that makes it a flood.
    """
    offset = pipeline.offset_of(received)
    reason = printable(why.reason, _MAX_REASON_CHARACTERS)
    with pipeline.database.transaction() as cursor:
        is_known = dead_letters.is_set_aside(cursor, offset)
    if not is_known:
        _append(pipeline, received.message, _origin(offset, why.code, reason))
    with pipeline.database.transaction() as cursor:
        if dead_letters.add(cursor, offset, why.code, reason, upload_id_of(received.message)):
            dead_letters.count_handled(cursor, offset, is_dead=True)
        attempts.forget(cursor, offset)
    check_flow(pipeline)


def upload_id_of(message: Message) -> UUID | None:
    """The upload that a message is about, if its key tells."""
    try:
        return UUID(message.key)
    except ValueError:
        return None


def check_flow(pipeline: Pipeline) -> None:
    """Raise Flooded if the dead letters of any partition are a flood."""
    with pipeline.database.transaction() as cursor:
        flooded = [
            count for count in dead_letters.counts(cursor, pipeline.log.topic) if _is_flood(count)
        ]
    if flooded:
        worst = max(flooded, key=lambda count: count.dead)
        raise Flooded(
            f"The line of {pipeline.log.topic} is stopped: of the last {worst.handled} messages of "
            f"partition {worst.partition}, {worst.dead} could not be handled "
            f"({worst.consecutive_dead} in a row). They are kept in {pipeline.dead_letters.topic}, "
            "with the reasons; those behind them wait. Find the cause, give the command "
            "`python -m ingestion --resume --until-empty` beside the hub, then start the hub again."
        )


def resume(cursor: Cursor, topic: str) -> None:
    """Let a stopped pipeline go on."""
    dead_letters.reset_counts(cursor, topic)


def _is_flood(count: LineCounts) -> bool:
    return count.consecutive_dead >= MAX_CONSECUTIVE or (
        count.handled >= MIN_WINDOW_MESSAGES and count.dead > MAX_SHARE * count.handled
    )


def _origin(offset: MessageOffset, code: str, reason: str) -> dict[str, str]:
    return {
        "origin-topic": offset.topic,
        "origin-partition": str(offset.partition),
        "origin-offset": str(offset.offset),
        "reason-code": code,
        "reason": reason,
    }


def _append(pipeline: Pipeline, message: Message, origin: dict[str, str]) -> None:
    try:
        pipeline.dead_letters.append(
            Message(message.key, {**message.headers, **origin}, message.value)
        )
    except Refused:  # a stranger's message, larger than the log takes with the origin added
        trimmed = message.value[:MAX_PHOTO_BYTES]
        pipeline.dead_letters.append(Message(message.key[:200], origin, trimmed))
