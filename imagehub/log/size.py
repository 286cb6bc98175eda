"""The largest message, for every log alike: a photo and what stands beside it."""

from __future__ import annotations

from imagehub.errors import Refused
from imagehub.messages import Message
from imagehub.vocabulary import MAX_PHOTO_BYTES

MAX_HEADERS_BYTES = 64 * 1024
"""The most that a message's key and headers may take together."""

MAX_MESSAGE_BYTES = MAX_PHOTO_BYTES + MAX_HEADERS_BYTES + 4096
"""The most that a log must carry in one piece; 4 KiB are for the log's own framing."""


def refuse_oversized(message: Message) -> None:
    """Raise Refused(`message_too_large`) for a message that not every log could carry."""
    beside_bytes = len(message.key.encode()) + sum(
        len(name.encode()) + len(text.encode()) for name, text in message.headers.items()
    )
    if len(message.value) > MAX_PHOTO_BYTES or beside_bytes > MAX_HEADERS_BYTES:
        raise Refused(
            "message_too_large",
            f"The message {message.key[:80]!r} has {len(message.value)} bytes and {beside_bytes} "
            f"bytes beside them; the log takes at most {MAX_PHOTO_BYTES} and {MAX_HEADERS_BYTES}.",
        )
