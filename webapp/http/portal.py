"""The portal's connections in one process, on Tornado's HTTP/1.1."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from tornado.http1connection import (
    HTTP1Connection,
    HTTP1ConnectionParameters,
    HTTP1ServerConnection,
)
from tornado.httputil import HTTPConnection, HTTPServerConnectionDelegate
from tornado.iostream import IOStream
from tornado.tcpserver import TCPServer

from webapp.http.exchange import Exchange
from webapp.http.paced_stream import PacedStream
from webapp.http.upload_body import MAX_BODY_BYTES
from webapp.http.worker import Worker
from webapp.http.wsgi import PIECE_BYTES

HEAD_SECONDS = 10
"""A request's head must come whole within this time; a connection may be idle for as long."""

MAX_HEAD_BYTES = 32 * 1024
MAX_WAITING_BYTES = 4 * PIECE_BYTES
"""So much may come of later requests while one is answered; who sends more is cut off."""

BUFFERS: Mapping[str, Any] = {"max_buffer_size": MAX_WAITING_BYTES, "read_chunk_size": PIECE_BYTES}
PARAMETERS = HTTP1ConnectionParameters(
    chunk_size=PIECE_BYTES,
    header_timeout=HEAD_SECONDS,
    max_header_size=MAX_HEAD_BYTES,
    max_body_size=MAX_BODY_BYTES,
)


@dataclass(frozen=True, slots=True)
class Peer:
    """What Tornado hands on to each request of a connection."""

    remote_ip: str
    protocol: str = "http"


class Portal(TCPServer, HTTPServerConnectionDelegate):
    """Accepts connections. Above `most` the oldest make room: honest ones are soon done."""

    def __init__(self, worker: Worker, most: int) -> None:
        super().__init__(**BUFFERS)
        self._worker = worker
        self._most = most
        self._oldest_first: dict[IOStream, None] = {}

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        """Serve a new connection."""
        if len(self._oldest_first) >= self._most:
            oldest = next(iter(self._oldest_first))
            del self._oldest_first[oldest]
            oldest.close()
        stream = PacedStream(stream.socket, **BUFFERS)
        self._oldest_first[stream] = None
        HTTP1ServerConnection(stream, PARAMETERS, Peer(address[0])).start_serving(self)

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> Exchange:
        """Wait for the next request of a connection."""
        del server_conn
        return Exchange(self._worker, cast(HTTP1Connection, request_conn))

    def on_close(self, server_conn: object) -> None:
        """Forget a connection."""
        self._oldest_first.pop(cast(HTTP1ServerConnection, server_conn).stream, None)

    async def drain(self, seconds: float) -> None:
        """Accept nothing more; return when what was begun is answered, or after this time."""
        self.stop()
        until = time.monotonic() + seconds
        while self._worker.answering and time.monotonic() < until:
            await asyncio.wait(self._worker.answering, timeout=until - time.monotonic())
