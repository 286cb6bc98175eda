"""Replay dead letters after an operator has removed the cause."""

from __future__ import annotations

from collections.abc import Iterator

from imagehub.catalogue.database import Database
from imagehub.catalogue.uploads import dead_letters
from imagehub.catalogue.uploads.attempts import MessageOffset
from imagehub.log.protocol import UploadLog
from imagehub.messages import Message

GROUP = "replay"
POLL_MESSAGES = 50
POLL_SECONDS = 2.0
ORIGIN = ("origin-topic", "origin-partition", "origin-offset", "reason-code", "reason")


def replay(database: Database, log: UploadLog, set_aside: UploadLog) -> int:
    """Append every dead letter that was not replayed yet to the log again; count them.

    A crash may replay one twice: an upload lands only once. What fails again is set aside again.
    """
    with database.transaction() as cursor:
        waiting = dead_letters.not_replayed(cursor, log.topic)
    count = 0
    for letter in _letters(set_aside) if waiting else ():
        offset = _origin(letter)
        if offset in waiting:
            headers = {name: text for name, text in letter.headers.items() if name not in ORIGIN}
            log.append(Message(letter.key, headers, letter.value))
            with database.transaction() as cursor:
                dead_letters.mark_replayed(cursor, offset)
            waiting.remove(offset)
            count += 1
    return count


def _letters(set_aside: UploadLog) -> Iterator[Message]:
    """Read the topic from its beginning, in a group that never moves on."""
    consumer = set_aside.consumer(GROUP)
    try:
        consumer.rewind()
        while received := consumer.poll(POLL_MESSAGES, POLL_SECONDS):
            yield from (record.message for record in received)
    finally:
        consumer.close()


def _origin(letter: Message) -> MessageOffset:
    topic, partition, offset = (letter.headers[name] for name in ORIGIN[:3])
    return MessageOffset(topic, int(partition), int(offset))
