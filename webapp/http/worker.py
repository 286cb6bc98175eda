"""A gunicorn worker in which slow clients cost no thread.

gunicorn's own gthread gives a connection a thread at its first byte and then waits for the rest of
the request's head, so a few slow clients can occupy all threads. Here the worker's event loop
collects heads, and a thread gets a request only when its head is complete.
"""

from __future__ import annotations

import errno
import selectors
import time
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD_SECONDS = 10
"""A request's head must come whole within this time, or its connection is closed."""

MAX_HEAD_BYTES = 32 * 1024
HEAD_END = b"\r\n\r\n"
RECEIVE_BYTES = 64 * 1024
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"Connection: close\r\nContent-Length: 0\r\n\r\n"
)
PASSING = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)


class HeadFirstWorker(ThreadWorker):  # type: ignore[misc] # gunicorn ships no types
    """gthread, but a thread is given only to a request whose head is there."""

    def accept(self, listener: Any) -> None:
        """Take a new connection and begin to collect its head."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in PASSING:
                return
            raise
        self.nr_conns += 1
        self._collect(TConn(self.cfg, client, address, listener.getsockname()), b"")

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """A kept-alive connection begins its next request."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._collect(conn, b"")

    def enqueue_req(self, conn: Any) -> None:
        """A kept-alive connection sent bytes of its next request behind the last one's body."""
        self._collect(conn, conn.parser.unreader.take_buffered())

    def murder_pending(self) -> None:
        """Close connections whose head is late, and when stopping all that have none."""
        if not self.alive:
            for conn in self.pending_conns:
                conn.timeout = 0.0
        super().murder_pending()

    def _collect(self, conn: Any, head: bytes) -> None:
        conn.head = bytearray(head)
        if HEAD_END in conn.head:
            self._dispatch(conn)
            return
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + HEAD_SECONDS
        self.pending_conns.append(conn)  # closed by the loop when its time is up
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._receive, conn))

    def _receive(self, conn: Any, client: Any) -> None:
        try:
            data = client.recv(RECEIVE_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        seen = max(0, len(conn.head) - len(HEAD_END))
        conn.head += data
        is_whole = conn.head.find(HEAD_END, seen) >= 0
        if data and not is_whole and len(conn.head) <= MAX_HEAD_BYTES:
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        if is_whole:
            self._dispatch(conn)
        else:
            self._give_up(conn, TOO_LARGE if data else b"")

    def _dispatch(self, conn: Any) -> None:
        conn.data_ready = True
        conn.init()
        conn.parser.unreader.unread(bytes(conn.head))
        conn.head = bytearray()
        super().enqueue_req(conn)

    def _give_up(self, conn: Any, last_words: bytes) -> None:
        self.nr_conns -= 1
        try:
            if last_words:
                conn.sock.send(last_words)
        except OSError:
            pass  # nobody listens any more
        conn.close()
