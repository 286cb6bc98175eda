"""HTTP over a plain socket, so that a request can break at any byte as on a bad network."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import SplitResult, urlsplit

CONNECT_TIMEOUT_SECONDS = 5.0
ANSWER_TIMEOUT_SECONDS = 30.0
SLOW_PIECES = 12


class WireFault(StrEnum):
    """What goes wrong on the way."""

    NONE = "none"
    LOST_BEFORE_BODY = "lost_before_body"
    LOST_IN_BODY = "lost_in_body"
    LOST_BEFORE_ANSWER = "lost_before_answer"
    SLOW_BODY = "slow_body"


class ConnectionBroke(Exception):
    """No answer was read: whether the request was accepted is in doubt."""


@dataclass(frozen=True, slots=True)
class Request:
    """A POST of one body. `target` is the path with its query."""

    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class WireResponse:
    """What the server said; `body` is empty where it was no JSON object."""

    status: int
    body: dict[str, Any]
    retry_after_seconds: float | None


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where requests go."""

    url: SplitResult

    @classmethod
    def at(cls, url: str) -> ServerAddress:
        """The server at http(s)://HOST[:PORT]."""
        return cls(urlsplit(url))

    def connect(self) -> socket.socket:
        """Open a connection; raises OSError."""
        secure = self.url.scheme == "https"
        host = self.url.hostname or "127.0.0.1"
        address = (host, self.url.port or (443 if secure else 80))
        connection = socket.create_connection(address, timeout=CONNECT_TIMEOUT_SECONDS)
        connection.settimeout(ANSWER_TIMEOUT_SECONDS)
        if secure:
            return ssl.create_default_context().wrap_socket(connection, server_hostname=host)
        return connection


def post(
    server: ServerAddress, request: Request, trouble: WireFault = WireFault.NONE, share: float = 0.5
) -> WireResponse:
    """Send a request with the trouble in its way; raise ConnectionBroke if no answer was read.

    `share` says how far a lost body got, or how many seconds a slow one takes.
    """
    try:
        connection = server.connect()
    except OSError as error:
        raise ConnectionBroke(f"no connection: {error}") from error
    with connection:
        try:
            _send(connection, _head(server, request), request.body, trouble, share)
            return _read(connection)
        except (OSError, http.client.HTTPException) as error:
            raise ConnectionBroke(f"{trouble}: {error or type(error).__name__}") from error


def _head(server: ServerAddress, request: Request) -> bytes:
    headers = {
        "Host": server.url.netloc.rpartition("@")[2],
        "Connection": "close",
        "Content-Length": str(len(request.body)),
        **request.headers,
    }
    lines = [f"POST {request.target} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _send(
    connection: socket.socket, head: bytes, body: bytes, trouble: WireFault, share: float
) -> None:
    """Send the request, or as much of it as the trouble lets through."""
    try:
        if trouble is WireFault.LOST_BEFORE_BODY:
            connection.sendall(head)
            _reset(connection)
        elif trouble is WireFault.LOST_IN_BODY:
            connection.sendall(head + body[: int(len(body) * share)])
            _reset(connection)
        elif trouble is WireFault.LOST_BEFORE_ANSWER:
            connection.sendall(head + body)
            connection.shutdown(socket.SHUT_WR)
            raise ConnectionResetError("hung up before the answer")
        elif trouble is WireFault.SLOW_BODY:
            connection.sendall(head)
            size = max(1, -(-len(body) // SLOW_PIECES))
            for start in range(0, len(body), size):
                time.sleep(share / SLOW_PIECES)
                connection.sendall(body[start : start + size])
        else:
            connection.sendall(head + body)
    except (BrokenPipeError, ConnectionResetError):
        if trouble in (WireFault.NONE, WireFault.SLOW_BODY):
            return  # the server may have answered before it read all of the body
        raise


def _reset(connection: socket.socket) -> None:
    """Drop the connection as a lost radio link does once it is noticed: with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    raise ConnectionResetError("the connection was lost")


def _read(connection: socket.socket) -> WireResponse:
    response = http.client.HTTPResponse(connection, method="POST")
    try:
        response.begin()
        raw = response.read()
        after = response.getheader("Retry-After")
    finally:
        response.close()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        body = {}
    return WireResponse(
        status=response.status,
        body=body if isinstance(body, dict) else {},
        retry_after_seconds=float(after) if after and after.isdecimal() else None,
    )
