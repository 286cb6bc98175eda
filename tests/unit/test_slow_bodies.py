"""A body that comes too slowly is cut off; one that comes well is read as it is."""

from __future__ import annotations

import io
import socket
import time

import pytest

from webapp.http import slow_bodies
from webapp.http.slow_bodies import PacedBody, SlowBodyWatch


def test_a_reader_that_waits_too_long_meets_the_end() -> None:
    reader, writer = socket.socketpair()
    started_at = time.monotonic()
    with reader, writer, SlowBodyWatch().limit(reader, 0.1):
        assert reader.recv(1) == b""
    assert time.monotonic() - started_at < 0.1 + 2 * slow_bodies.CHECK_SECONDS


def test_a_socket_is_left_alone_after_its_block() -> None:
    reader, writer = socket.socketpair()
    watch = SlowBodyWatch()
    with reader, writer:
        with watch.limit(reader, 0.05):
            pass
        time.sleep(1.2 * slow_bodies.CHECK_SECONDS)
        writer.sendall(b"x")
        assert reader.recv(1) == b"x"


@pytest.mark.parametrize("size", [None, -1, 0, 1, 100_000, 10**9])
def test_a_body_is_read_as_it_is(size: int | None) -> None:
    data = bytes(range(256)) * 1000
    reader, writer = socket.socketpair()
    with reader, writer:
        body = PacedBody(io.BytesIO(data), reader, SlowBodyWatch())
        first = body.read(size)
        assert first + body.read() == data
        if size is not None and size >= 0:
            assert len(first) <= size
