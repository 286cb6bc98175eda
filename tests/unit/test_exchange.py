"""The server between clients and an application: who is waited for, how long, and by whom."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tornado.netutil import bind_sockets
from werkzeug.wsgi import ClosingIterator

from webapp.http import exchange, paced_stream
from webapp.http.held_bytes import HeldBytes
from webapp.http.portal import Portal
from webapp.http.worker import Worker
from webapp.http.wsgi import PIECE_BYTES
from webapp.server import UNSENT_BYTES

PATIENCE_SECONDS = 20
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
Environ = dict[str, Any]


def post(length: int, *lines: str) -> bytes:
    head = ("POST / HTTP/1.1", "Host: localhost", f"Content-Length: {length}", *lines, "", "")
    return "\r\n".join(head).encode()


@contextmanager
def serving(application: Callable[..., Any], most: int = 100) -> Iterator[Callable[..., Any]]:
    """A portal of this application on a free port; yields what connects to it."""
    loop = asyncio.new_event_loop()
    worker = Worker(application, threads=2)
    [listening] = bind_sockets(0, "127.0.0.1")
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)

    async def start() -> Portal:
        portal = Portal(worker, most)
        portal.add_sockets([listening])
        return portal

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    portal = asyncio.run_coroutine_threadsafe(start(), loop).result()

    def connect(receive_buffer: int = 0) -> socket.socket:
        wire = socket.socket()
        wire.settimeout(PATIENCE_SECONDS)
        if receive_buffer:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        wire.connect(listening.getsockname())
        return wire

    try:
        yield connect
    finally:
        asyncio.run_coroutine_threadsafe(portal.drain(1), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def read_all(wire: socket.socket) -> bytes:
    return b"".join(iter(lambda: wire.recv(65536), b""))


def saying(environ: Environ, start: Any, body: bytes = b"said") -> list[bytes]:
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]


class Endless:
    """An answer without an end that knows how much of it was taken, and whether it was closed."""

    def __init__(self) -> None:
        self.pieces = 0
        self.closed = threading.Event()

    def __call__(self, environ: Environ, start: Any) -> Endless:
        if environ["PATH_INFO"] != "/":
            return saying(environ, start)  # type: ignore[return-value]
        start("200 OK", [])
        return self

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.pieces += 1
            yield bytes(PIECE_BYTES)

    def close(self) -> None:
        self.closed.set()


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "PIECE_SECONDS", 0.2)


@pytest.mark.usefixtures("short_patience")
def test_a_body_that_stops_coming_ends_its_connection() -> None:
    with serving(saying) as connect, connect() as wire:
        wire.sendall(post(1000) + b"x")
        with pytest.raises(ConnectionResetError):
            wire.recv(1)


@pytest.mark.usefixtures("short_patience")
def test_an_answer_that_nobody_reads_is_given_up_and_closed() -> None:
    answer = Endless()
    with serving(answer) as connect, connect(2048) as wire:
        wire.sendall(GET)
        assert answer.closed.wait(PATIENCE_SECONDS)


def chunked(*chunks: bytes) -> bytes:
    """A request with a body of these chunks."""
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    framed = (b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))
    return head + b"".join(framed)


def test_a_body_in_crumbs_is_read_slowly_until_its_time_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exchange, "PIECE_SECONDS", 2)
    with serving(saying) as connect, connect() as wire, connect() as other:
        wire.sendall(chunked(*[b"x"] * 20_000))
        other.sendall(GET)
        assert other.recv(12) == b"HTTP/1.1 200"
        with pytest.raises(ConnectionResetError):
            wire.recv(1)


def test_an_honest_body_is_not_kept_waiting_for_its_many_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(paced_stream, "CRUMB_SECONDS", 1000)
    with serving(saying) as connect, connect() as wire:
        for body in ([b"x"] * 40, [bytes(200)] * 5000, [bytes(100_000)] * 20):
            wire.sendall(chunked(*body))
            assert b"said" in wire.recv(65536)
        wire.sendall(post(100_000))
        for _ in range(500):
            wire.sendall(bytes(200))
        assert b"said" in wire.recv(65536)


def test_an_answer_is_made_only_as_fast_as_it_is_read() -> None:
    answer = Endless()
    with serving(answer) as connect, connect(2048) as wire:
        wire.sendall(GET)
        assert wire.recv(12) == b"HTTP/1.1 200"
        with connect() as other:  # served meanwhile, after all that could be made was made
            for _ in range(20):
                other.sendall(GET.replace(b"/ ", b"/said ", 1))
                assert b"said" in other.recv(65536)
        assert answer.pieces * PIECE_BYTES < 8 * UNSENT_BYTES


def test_more_clients_than_threads_that_send_and_read_nothing_keep_nobody_waiting() -> None:
    answer = Endless()
    with serving(answer) as connect:
        silent = [connect(2048) for _ in range(20)]
        for number, wire in enumerate(silent):
            wire.sendall(GET * 40 if number % 2 else post(1000))
        with connect() as wire:
            wire.sendall(GET.replace(b"/ ", b"/said ", 1))
            assert b"said" in wire.recv(65536)
        for wire in silent:
            wire.close()


def test_above_the_most_connections_the_oldest_makes_room() -> None:
    with serving(saying, most=2) as connect, connect() as oldest, connect(), connect() as newest:
        newest.sendall(GET)
        assert newest.recv(12) == b"HTTP/1.1 200"
        assert oldest.recv(1) == b""


def test_above_the_most_bytes_who_is_here_longest_is_cut_off() -> None:
    cut: list[str] = []
    held = HeldBytes(100)
    clients = {name: (lambda name=name: cut.append(name)) for name in "abc"}
    held.hold(clients["a"], 50)
    held.hold(clients["b"], 50)
    held.hold(clients["a"], 40)
    held.hold(clients["c"], 10)
    assert cut == []
    held.hold(clients["c"], 20)
    assert cut == ["a"]
    held.release(clients["b"])
    held.hold(clients["c"], 100)
    assert cut == ["a"]


def test_who_announces_too_much_hears_why_even_while_still_sending() -> None:
    def refusing(environ: Environ, start: Any) -> list[bytes]:
        start("413 Too Large", [("Content-Length", "2")])
        return [environ["CONTENT_LENGTH"].encode()[:2]]

    with serving(refusing) as connect, connect() as wire:
        body = bytes(40_000_000)
        wire.sendall(post(len(body), "Connection: close") + body)
        answer = read_all(wire)
        assert answer.startswith(b"HTTP/1.1 413")
        assert answer.endswith(b"\r\n\r\n40")


def test_who_asks_before_sending_is_told_to_go_on_or_at_once_that_it_is_too_much() -> None:
    expects = "Expect: 100-continue"
    with serving(saying) as connect, connect() as wire, connect() as other:
        wire.sendall(post(3, expects))
        assert wire.recv(100).startswith(b"HTTP/1.1 100 ")
        wire.sendall(b"abc")
        assert wire.recv(100).startswith(b"HTTP/1.1 200 ")
        other.sendall(post(10**9, expects))
        assert other.recv(100).startswith(b"HTTP/1.1 200 ")  # what the application says


@pytest.mark.parametrize("good_pieces", [0, 1])
def test_an_answer_that_breaks_off_is_seen_to_be_cut_and_is_closed(good_pieces: int) -> None:
    closed = threading.Event()

    def breaking(environ: Environ, start: Any) -> ClosingIterator:
        start("200 OK", [("Content-Length", "1000000")])
        return ClosingIterator(pieces(), closed.set)

    def pieces() -> Iterator[bytes]:
        yield from [bytes(PIECE_BYTES)] * good_pieces
        raise RuntimeError("the store is gone")

    with serving(breaking) as connect, connect() as wire:
        wire.sendall(GET)
        with pytest.raises(ConnectionResetError):
            read_all(wire)
        assert closed.wait(PATIENCE_SECONDS)


def test_a_header_with_an_underscore_does_not_pass_for_the_proxys() -> None:
    def showing(environ: Environ, start: Any) -> list[bytes]:
        return saying(environ, start, environ.get("HTTP_X_FORWARDED_FOR", "-").encode())

    with serving(showing) as connect, connect() as wire:
        wire.sendall(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n"
            b"X_Forwarded_For: 192.0.2.66\r\nConnection: close\r\n\r\n"
        )
        assert read_all(wire).endswith(b"\r\n\r\n192.0.2.1")


def test_a_chunked_body_reaches_the_application_whole_and_with_its_length() -> None:
    def echoing(environ: Environ, start: Any) -> list[bytes]:
        assert "HTTP_TRANSFER_ENCODING" not in environ
        body = environ["wsgi.input"].read()
        return saying(environ, start, environ["CONTENT_LENGTH"].encode() + b" " + body)

    with serving(echoing) as connect, connect() as wire:
        wire.sendall(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            b"Connection: close\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"
        )
        assert read_all(wire).endswith(b"\r\n\r\n7 abcdefg")


@pytest.mark.parametrize(
    "head",
    [
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, chunked",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length : 3",
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example",
        "GET / HTTP/1.1\r\nHost: localhost\r\n X: folded",
        "GET / HTTP/1.1",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\0b",
        "GET /",
        "PRI * HTTP/2.0",
    ],
)
def test_what_two_servers_could_read_differently_is_refused(head: str) -> None:
    with serving(saying) as connect, connect() as wire:
        wire.sendall(head.encode() + b"\r\n\r\nabc")
        assert read_all(wire).startswith(b"HTTP/1.1 400")
