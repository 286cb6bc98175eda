"""What the tests of the upload log do again and again."""

from __future__ import annotations

import time
from collections.abc import Callable

from imagehub.log.protocol import LogConsumer, Position, Received, UploadLog
from imagehub.messages import Message

MEMBER_TIMEOUT_SECONDS = 3
OpenLog = Callable[[], UploadLog]


def message(number: int = 0) -> Message:
    return Message(f"key-{number}", {"schema": "test"}, f"value {number}".encode())


def read(consumer: LogConsumer, count: int, within_seconds: float = 20) -> list[Received]:
    """Poll until so many messages came."""
    received: list[Received] = []
    deadline = time.monotonic() + within_seconds
    while len(received) < count and time.monotonic() < deadline:
        received += consumer.poll(count - len(received), timeout_seconds=0.5)
    assert len(received) == count
    return received


def keys(received: list[Received]) -> list[str]:
    return sorted(record.message.key for record in received)


def positions(received: list[Received]) -> list[Position]:
    return [record.position for record in received]


def wait_until(true: Callable[[], bool], within_seconds: float = 30) -> None:
    deadline = time.monotonic() + within_seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)
