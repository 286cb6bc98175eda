"""One request and its answer, between Tornado's event loop and the application's threads.

A thread works for a client only while there is nothing to wait for: from the last byte of the body
to the first bytes of the answer, and for each further piece once the client has taken the last.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable
from typing import TypeVar, cast

from tornado.http1connection import HTTP1Connection
from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
    format_timestamp,
)
from tornado.iostream import StreamClosedError

from webapp.http import request_log
from webapp.http.upload_body import most_bytes
from webapp.http.worker import Worker
from webapp.http.wsgi import PIECE_BYTES, WsgiResponse, environ

PIECE_SECONDS = 20.0
"""Each piece of a body and of an answer must pass within this time; else the client is cut off."""

UNREAD_SECONDS = 5.0
"""A body that was refused unread is received for so long: else its sender may not hear why."""

MOST_DIGITS = 20
NO_LINGER = struct.pack("ii", 1, 0)

Result = TypeVar("Result")

log = logging.getLogger(__name__)


class Exchange(HTTPMessageDelegate):
    """Collects the request, has it answered, and sends the answer."""

    def __init__(self, worker: Worker, connection: HTTP1Connection) -> None:
        self._worker = worker
        self._connection = connection
        self._request: HTTPServerRequest
        self._body = bytearray()
        self._is_refused = False
        self._received_all: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._deadline: asyncio.TimerHandle | None = None

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        """The head is there; a body that is announced too large is refused without it."""
        self._request = HTTPServerRequest(
            connection=self._connection,
            start_line=cast(RequestStartLine, start_line),
            headers=headers,
        )
        length = headers.get("Content-Length", "")[:MOST_DIGITS]
        announced = int(length) if length.isascii() and length.isdecimal() else 0
        if announced > most_bytes(headers.get("Content-Type", "")):
            self._is_refused = True
            self._connection.set_max_body_size(announced)
            headers.pop("Expect", None)  # it hears no instead of `100 Continue`
            self._answer(announced)
        else:
            self._set_deadline()

    def data_received(self, chunk: bytes) -> None:
        """Keep a part of the body."""
        if self._is_refused:
            return
        before = len(self._body)
        self._body += chunk
        self._worker.held.hold(self.cut_off, len(self._body))
        if before // PIECE_BYTES != len(self._body) // PIECE_BYTES:
            self._set_deadline()

    def finish(self) -> None:
        """The request is whole."""
        self._received_all.set_result(None)
        self._drop_deadline()
        if not self._is_refused:
            headers = self._request.headers
            has_body = "Content-Length" in headers or "Transfer-Encoding" in headers
            self._answer(len(self._body) if has_body else None)

    def on_connection_close(self) -> None:
        """The client went before its request was whole."""
        self._received_all.set_result(None)
        self._drop_deadline()
        self._worker.held.release(self.cut_off)

    def cut_off(self) -> None:
        """End the connection at once; what it still has in the kernel goes too."""
        self._body = bytearray()
        stream = self._connection.stream
        if not stream.closed():
            stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            stream.close()

    def _set_deadline(self) -> None:
        self._drop_deadline()
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(PIECE_SECONDS, self.cut_off)

    def _drop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()

    def _answer(self, length: int | None) -> None:
        task = asyncio.create_task(self._work(length))
        self._worker.answering.add(task)
        task.add_done_callback(self._worker.answering.discard)

    async def _work(self, length: int | None) -> None:
        began_at = time.monotonic()
        answer, sent = None, 0
        try:
            answer = await self._in_thread(self._begin, length)
            sent = await self._send(answer)
            if self._is_refused:
                await asyncio.wait([self._received_all], timeout=UNREAD_SECONDS)
            self._connection.finish()
        except (StreamClosedError, TimeoutError):
            self.cut_off()
        except Exception:  # whatever it was, it ends this exchange alone
            log.exception("%s %s broke off", self._request.method, self._request.path)
            self.cut_off()
        finally:
            self._worker.held.release(self.cut_off)
            request_log.write(self._request, answer, sent, time.monotonic() - began_at)
            if answer is not None and not answer.is_whole:
                await self._in_thread(answer.close)

    def _begin(self, length: int | None) -> WsgiResponse:
        if self._connection.stream.closed():
            raise StreamClosedError
        body, self._body = self._body, bytearray()
        return WsgiResponse(self._worker.application, environ(self._request, body, length))

    async def _send(self, answer: WsgiResponse) -> int:
        """Send it as fast as the client takes it; how many bytes its body had."""
        headers = HTTPHeaders()
        for name, value in answer.headers:
            headers.add(name, value)
        headers["Date"] = format_timestamp(time.time())
        head = ResponseStartLine("HTTP/1.1", answer.code, answer.reason)
        stretches = self._stretches(answer)
        stretch = await anext(stretches, b"")
        writing = self._connection.write_headers(head, headers, stretch)
        sent = 0
        while True:
            await asyncio.wait_for(writing, PIECE_SECONDS)
            sent += len(stretch)
            stretch = await anext(stretches, b"")
            if not stretch:
                return sent
            writing = self._connection.write(stretch)

    async def _stretches(self, answer: WsgiResponse) -> AsyncIterator[bytes]:
        while True:
            self._worker.held.hold(self.cut_off, len(answer.piece))
            for start in range(0, len(answer.piece), PIECE_BYTES):
                yield answer.piece[start : start + PIECE_BYTES]
            if answer.is_whole:
                return
            await self._in_thread(answer.take)

    async def _in_thread(self, work: Callable[..., Result], *arguments: object) -> Result:
        lane = self._worker.lane(self._request.path)
        return await asyncio.get_running_loop().run_in_executor(lane, work, *arguments)
