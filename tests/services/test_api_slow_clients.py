"""Clients that send a byte now and then, and a server that stops, disturb nobody else."""

from __future__ import annotations

import dataclasses
import http.client
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from imagehub.vocabulary import UploadState
from tests import photos
from tests.factories.photo_releases import release_with_photos
from tests.web_server import Web, running_web
from webapp.http import exchange, portal

PHOTO = photos.jpeg(1, 320, 240)
SLOW_CLIENTS = 200
SILENT_CLIENTS = 40  # more than the hub has threads
PIPELINED = 100
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def connections(web: Web, number: int) -> list[socket.socket]:
    return [
        socket.create_connection(("127.0.0.1", web.settings.web_port), 30) for _ in range(number)
    ]


@pytest.mark.parametrize("first_bytes", [b"", b"GET /healthz HTTP/1.1\r\nHost: loc"])
def test_slow_heads_cost_nobody_else_anything(web: Web, first_bytes: bytes) -> None:
    slow = connections(web, SLOW_CLIENTS)
    for wire in slow:
        wire.sendall(first_bytes)
    try:
        started_at = time.monotonic()
        for _ in range(10):
            assert web.get("/healthz").status_code == 200
        assert time.monotonic() - started_at < 2
        for wire in slow[:20]:
            wire.sendall(REQUEST.removeprefix(first_bytes))
            assert wire.recv(12) == b"HTTP/1.1 200"
    finally:
        for wire in slow:
            wire.close()


def test_a_head_that_does_not_end_is_closed(web: Web) -> None:
    [wire] = connections(web, 1)
    started_at = time.monotonic()
    wire.sendall(b"GET /healthz HTTP/1.1\r\n")
    assert wire.recv(100) == b""
    assert time.monotonic() - started_at < portal.HEAD_SECONDS + 3
    [wire] = connections(web, 1)
    wire.sendall(b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 40_000)
    assert wire.recv(100) == b""


@pytest.mark.parametrize("path", ["/sign-in", "/subsets/new", "/api/v1/uploads?label=Dog"])
def test_bodies_that_do_not_come_keep_nobody_waiting(web: Web, path: str) -> None:
    _, token = web.person()
    form = ("Content-Type: application/x-www-form-urlencoded", "Content-Length: 2000")
    with silent(web, [head(f"POST {path}", token, *form)] * SILENT_CLIENTS):
        require_quick(web)


def test_answers_that_are_not_read_keep_nobody_waiting(web: Web) -> None:
    _, token = web.person()
    asked = head("GET /api/v1/openapi.json", token) * PIPELINED
    with silent(web, [asked] * SILENT_CLIENTS):
        require_quick(web)


def test_releases_that_are_not_read_keep_nobody_waiting(web: Web) -> None:
    with web.database.transaction() as cursor:
        contents = [os.urandom(1_000_000) for _ in range(20)]
        release_id = release_with_photos(cursor, web.store, contents).id
    path = f"/api/v1/releases/{release_id}/download"
    asked = [head(f"GET {path}", web.person()[1]) for _ in range(SILENT_CLIENTS)]
    with silent(web, asked):
        require_quick(web)
        assert len(get_from_elsewhere(web, path)) > 20_000_000


def get_from_elsewhere(web: Web, path: str) -> bytes:
    """GET a path from another address than the other clients of these tests have."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", web.settings.web_port, timeout=30, source_address=("127.0.0.2", 0)
    )
    with closing(connection):
        connection.request("GET", path)
        return connection.getresponse().read()


def head(request: str, token: str, *lines: str) -> bytes:
    every = (f"{request} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}", *lines)
    return "\r\n".join((*every, "", "")).encode()


@contextmanager
def silent(web: Web, said: Sequence[bytes]) -> Iterator[None]:
    """Clients that each say one of these, and then neither send nor read."""
    with ExitStack() as stack:
        for request in said:
            wire = stack.enter_context(socket.socket())
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            wire.connect(("127.0.0.1", web.settings.web_port))
            wire.sendall(request)
        yield


def require_quick(web: Web) -> None:
    """Pages and uploads are answered, each long before a silent client would be cut off."""
    _, token = web.person()
    started_at = time.monotonic()
    for _ in range(3):
        assert web.get("/healthz").status_code == 200
        assert web.get("/").status_code == 200
        assert web.send(token, PHOTO, "Dog").status_code == 202
    assert time.monotonic() - started_at < exchange.PIECE_SECONDS / 2


def test_two_requests_in_one_piece_and_one_cut_anywhere_are_both_answered(web: Web) -> None:
    [wire] = connections(web, 1)
    wire.sendall(REQUEST + REQUEST[:20])
    first = wire.recv(65536)
    wire.sendall(REQUEST[20:] + REQUEST)
    received = first
    deadline = time.monotonic() + 5
    while received.count(b"HTTP/1.1 200") < 3 and time.monotonic() < deadline:
        received += wire.recv(65536)
    assert received.count(b"HTTP/1.1 200") == 3


def test_a_client_that_vanishes_leaves_an_upload_that_a_retry_makes_good(web: Web) -> None:
    (_, token), key = web.person(), uuid.uuid4()
    lines = (f"Idempotency-Key: {key}", f"Content-Length: {len(PHOTO)}")
    asked = head("POST /api/v1/uploads?label=Dog", token, *lines)
    for sent in (asked + PHOTO[:1000], asked + PHOTO):
        [wire] = connections(web, 1)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        wire.sendall(sent)
        wire.close()  # with a reset
    assert web.send(token, PHOTO, "Dog", key).status_code == 202
    assert web.get(f"/api/v1/uploads/{key}", token).json()["state"] == UploadState.ACCEPTED
    with web.database.transaction() as cursor:
        cursor.execute("select count(*) as n from log_messages where key = %s", (str(key),))
        assert cursor.fetchone().n == 1


def test_a_stopping_server_ends_what_it_began_within_five_seconds(
    web: Web, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    settings = dataclasses.replace(web.settings, web_port=free_port())
    (_, token) = web.person()
    statuses: list[int] = []
    with running_web(settings, tmp_path) as stopping:
        idle = connections(stopping, 20)
        half = connections(stopping, 5)
        for wire in half:
            wire.sendall(b"POST /api/v1/uploads?label=Dog HTTP/1.1\r\nHost: localhost\r\n")

        def send() -> None:
            try:
                statuses.append(stopping.send(token, PHOTO, "Dog").status_code)
            except OSError:
                statuses.append(0)

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(0.05)
        started_at = time.monotonic()
        stopping.process.terminate()
        stopping.process.wait(timeout=20)
        assert time.monotonic() - started_at < 5.5
        for thread in threads:
            thread.join(timeout=10)
    assert set(statuses) <= {202, 503, 0}
    for wire in (*idle, *half):
        wire.close()
