"""Clients that stop a server by what they leave out: `python -m tests.benchmarks.silent_clients`.

Each keeps one connection busy for as long as the server lets it, and then opens the next, from
another address.
"""

from __future__ import annotations

import asyncio
import json
import random
import select
import socket
import struct
import sys
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass

RECEIVE_BUFFER_BYTES = 2048
PIPELINED = 100
BODY_BYTES = 16_000_000
BODY_BYTES_PER_SECOND = 3000
CRUMBS = 1000
PAUSE_SECONDS = 0.5
GONE = select.POLLRDHUP | select.POLLHUP | select.POLLERR


@dataclass(frozen=True)
class AttackedPortal:
    """The server, accounts' tokens, a large release, and how many clients there are of a kind."""

    port: int
    tokens: list[str]
    release_id: str
    number: int


async def drip_head(wire: socket.socket, target: AttackedPortal) -> None:
    """Send a head that never ends, a letter at a time."""
    del target
    await _send(wire, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    while True:
        await _send(wire, b"x")
        await asyncio.sleep(PAUSE_SECONDS)


async def keep_form_back(wire: socket.socket, target: AttackedPortal) -> None:
    """Announce a form, as a visitor, and send nothing of it."""
    del target
    await _send(wire, _head("POST /sign-in", "Content-Length: 2000", FORM))
    await _hear_nothing(wire)


async def drip_photo(wire: socket.socket, target: AttackedPortal) -> None:
    """Send a large photo so slowly that it takes more than an hour."""
    lines = (f"Idempotency-Key: {uuid.uuid4()}", f"Content-Length: {BODY_BYTES}")
    await _send(wire, _head("POST /api/v1/uploads?label=Dog", _bearer(target), *lines))
    while True:
        await _send(wire, bytes(int(BODY_BYTES_PER_SECOND * PAUSE_SECONDS)))
        await asyncio.sleep(PAUSE_SECONDS)


async def crumble_form(wire: socket.socket, target: AttackedPortal) -> None:
    """Send a form, as a visitor, in chunks of one byte."""
    del target
    await _send(wire, _head("POST /sign-in", "Transfer-Encoding: chunked", FORM))
    while True:
        await _send(wire, b"1\r\nx\r\n" * CRUMBS)
        await asyncio.sleep(PAUSE_SECONDS)


async def ask_and_never_read(wire: socket.socket, target: AttackedPortal) -> None:
    """Ask for a long document many times at once, and read no answer."""
    del target
    await _send(wire, _head("GET /api/v1/openapi.json") * PIPELINED)
    await _hear_nothing(wire)


async def download_and_never_read(wire: socket.socket, target: AttackedPortal) -> None:
    """Ask for the whole release, and read nothing of it."""
    path = f"GET /api/v1/releases/{target.release_id}/download"
    await _send(wire, _head(path, _bearer(target)))
    await _hear_nothing(wire)


Way = Callable[[socket.socket, AttackedPortal], Awaitable[None]]
WAYS: tuple[Way, ...] = (
    drip_head,
    keep_form_back,
    drip_photo,
    crumble_form,
    ask_and_never_read,
    download_and_never_read,
)
FORM = "Content-Type: application/x-www-form-urlencoded"


async def attack(target: AttackedPortal) -> None:
    """Run all clients until the program is stopped."""
    clients = [_again_and_again(way, target) for way in WAYS for _ in range(target.number)]
    await asyncio.gather(*clients)


async def _again_and_again(way: Way, target: AttackedPortal) -> None:
    while True:
        with suppress(OSError), socket.socket() as wire:
            wire.setblocking(False)
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            wire.bind((f"127.0.0.{random.randint(2, 250)}", 0))
            await asyncio.get_running_loop().sock_connect(wire, ("127.0.0.1", target.port))
            # Closed with a reset: thousands of old connections would say more of the kernel.
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            await way(wire, target)
        await asyncio.sleep(PAUSE_SECONDS)


async def _send(wire: socket.socket, data: bytes) -> None:
    if _is_gone(wire):
        raise ConnectionResetError
    await asyncio.get_running_loop().sock_sendall(wire, data)


async def _hear_nothing(wire: socket.socket) -> None:
    while not _is_gone(wire):
        await asyncio.sleep(PAUSE_SECONDS)


def _is_gone(wire: socket.socket) -> bool:
    poll = select.poll()
    poll.register(wire, GONE)
    return bool(poll.poll(0))


def _head(request: str, *lines: str) -> bytes:
    return "\r\n".join((f"{request} HTTP/1.1", "Host: localhost", *lines, "", "")).encode()


def _bearer(target: AttackedPortal) -> str:
    return f"Authorization: Bearer {random.choice(target.tokens)}"


def command(target: AttackedPortal) -> list[str]:
    """The command line that starts the clients."""
    return [sys.executable, "-m", "tests.benchmarks.silent_clients", json.dumps(asdict(target))]


if __name__ == "__main__":
    asyncio.run(attack(AttackedPortal(**json.loads(sys.argv[1]))))
