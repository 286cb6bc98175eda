"""What a WSGI application answers, taken from it piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

PIECE_BYTES = 64 * 1024

Application = Callable[..., Iterable[bytes]]


class Answer:
    """An answer and its present piece. Making it and both its methods are work for a thread."""

    def __init__(self, application: Application, environ: dict[str, Any]) -> None:
        self.code = 0
        self.reason = ""
        self.headers: list[tuple[str, str]] = []
        self.piece = b""
        self.is_whole = False
        self._source = application(environ, self._start)
        self._parts = iter(self._source)
        self.take()

    def take(self) -> None:
        """Make the next PIECE_BYTES or more the present piece; at the end, what is left."""
        taken = []
        size = 0
        for part in self._parts:
            taken.append(part)
            size += len(part)
            if size >= PIECE_BYTES:
                break
        else:
            self.close()
        self.piece = b"".join(taken)

    def close(self) -> None:
        """Let the application tidy up; due by hand only where not all was taken."""
        self.is_whole = True
        close = getattr(self._source, "close", None)
        if close is not None:
            close()

    def _start(
        self, status: str, headers: list[tuple[str, str]], *more: Any
    ) -> Callable[..., None]:
        del more
        code, _, self.reason = status.partition(" ")
        self.code, self.headers = int(code), headers
        return _write


def _write(data: bytes) -> None:
    raise NotImplementedError("WSGI's write() is for older applications; Flask yields its answers.")
