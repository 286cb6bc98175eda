"""A time limit on request bodies, so that a slow client cannot hold a thread for long."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

PIECE_BYTES = 64 * 1024
PIECE_SECONDS = 25.0
"""Each piece of a body must come within this time; at the end of it the connection is cut."""

CHECK_SECONDS = 1.0


class SlowBodyWatch:
    """Cuts sockets whose time is up, from one thread of the process, started on first use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._waiting: dict[int, tuple[float, socket.socket]] = {}
        self._thread: threading.Thread | None = None

    @contextmanager
    def limit(self, client: socket.socket, seconds: float) -> Iterator[None]:
        """Shut the socket's reading side if the block has not ended after this time."""
        number = next(self._numbers)
        with self._lock:
            self._waiting[number] = (time.monotonic() + seconds, client)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True, name="slow-bodies")
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._waiting.pop(number, None)

    def _run(self) -> None:
        while True:
            time.sleep(CHECK_SECONDS)
            now = time.monotonic()
            with self._lock:
                late = [client for until, client in self._waiting.values() if until < now]
                for client in late:
                    with contextlib.suppress(OSError):  # it is gone already
                        client.shutdown(socket.SHUT_RD)


class PacedBody:
    """A body that is read in pieces, each within its time."""

    def __init__(self, body: Any, client: socket.socket, watch: SlowBodyWatch) -> None:
        self._body = body
        self._client = client
        self._watch = watch

    def read(self, size: int | None = None) -> bytes:
        """Read up to `size` bytes, or all."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(PIECE_BYTES), b""))
        with self._watch.limit(self._client, PIECE_SECONDS):
            piece: bytes = self._body.read(min(size, PIECE_BYTES))
            return piece


class SlowBodies:
    """WSGI middleware that paces every body; without gunicorn it changes nothing."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._watch = SlowBodyWatch()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request whose body may only come so slowly."""
        client = environ.get("gunicorn.socket")
        if client is not None:
            environ["wsgi.input"] = PacedBody(environ["wsgi.input"], client, self._watch)
        return self._application(environ, start_response)
