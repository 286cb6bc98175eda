"""Requests as no library sends them: odd bytes in the line, the headers and the body."""

from __future__ import annotations

import random
import re
import socket
from urllib.parse import urlsplit

from tests.fuzz.odd_values import HEADER_TEXTS, HEADERS

METHODS = (
    b"GET", b"GET", b"GET", b"GET", b"POST", b"POST", b"PUT", b"DELETE", b"HEAD", b"OPTIONS",
    b"TRACE", b"PATCH", b"CONNECT", b"get", b"G\xffT", b"FOO", b"",
)  # fmt: skip
TARGETS = (
    b"/", b"/labels", b"/api/v1/labels", b"/subsets/new", b"/sign-in", b"/api/v1/releases", b"/app",
    b"/api/v1/uploads", b"/images/0000000000000000", b"/labels/m/0bt9lr", b"/docs", b"/healthz",
    b"/static/base.css", b"/static/%2e%2e%2f%2e%2e%2fetc%2fpasswd", b"/static/../../etc/passwd",
    b"/api/v1/releases/x/download", b"/api/v1/openapi.json", b"http://evil.example/", b"*", b"",
    b"//x/y", b"?", b"/#x", b"/;x", b"http://[::1/", b"http://localhost:99999/labels", b"/%00",
)  # fmt: skip
LETTERS = b"abc=&%/?;\xff\xc3\x28\x80\xed\xa0;+[]{}|^`<>\"'\\ \t\0"
LINES = (
    b"Content-Length: 3", b"Content-Length: 0", b"Content-Length: +3", b"Content-Length: 3, 3",
    b"Transfer-Encoding: chunked", b"Transfer-Encoding: \xff", b"Expect: 100-continue",
    b"Expect: x", b"Upgrade: h2c", b"\xff: x", b": x", b"x", b" folded", b"X: a\0b", b"X: a\rb",
    b"Host: localhost:x", b"Host: [::1", b"Host: \xff", b"X: " + b"x" * 40_000,
)  # fmt: skip
CHUNKS = b"3\r\nabc\r\n0\r\n\r\n"
STATUS = re.compile(rb"\AHTTP/1\.1 ([2-5][0-9]{2}) ")


def make(chance: random.Random) -> bytes:
    """One request; its connection is to be closed after the answer."""
    target = chance.choice(TARGETS)
    if chance.random() < 0.6:
        target += b"?" * chance.randrange(2) + _some(LETTERS, chance.randrange(12), chance)
    lines = [b"Host: localhost"] if chance.random() < 0.95 else []
    lines += chance.sample(LINES, chance.choice((0, 0, 1, 2)))
    for _ in range(chance.randrange(3)):
        text = chance.choice(HEADER_TEXTS).encode("latin-1")
        lines.append(chance.choice(HEADERS).encode() + b": " + text + chance.choice((b"", b"\xff")))
    version = chance.choice((b"1", b"1", b"1", b"0", b"9", b"\xff"))
    first = chance.choice(METHODS) + b" " + target + b" HTTP/1." + version
    head = b"\r\n".join([first, *lines, b"Connection: close", b"", b""])
    if any(line.startswith(b"Transfer-Encoding") for line in lines):
        return head + CHUNKS
    return head + b"abc"  # whole, if it is looked for: else the server would wait for more


def send(url: str, request: bytes, patience_seconds: float) -> int:
    """The status of the answer; 0 where the server ended the connection without one.

    Raises TimeoutError where neither comes in time.
    """
    place = urlsplit(url)
    received = b""
    with socket.create_connection((place.hostname, place.port), patience_seconds) as wire:
        try:
            wire.sendall(request)
            while piece := wire.recv(65536):
                received += piece
        except (ConnectionResetError, BrokenPipeError):  # it did not want the rest
            pass
    while received.startswith(b"HTTP/1.1 1"):
        received = received.partition(b"\r\n\r\n")[2]
    found = STATUS.match(received)
    return int(found[1]) if found else 0


def _some(letters: bytes, count: int, chance: random.Random) -> bytes:
    return bytes(chance.choice(letters) for _ in range(count))
