"""WSGI, as the server calls it: a request becomes an environment, an answer comes in pieces."""

from __future__ import annotations

import io
import string
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from tornado.httputil import HTTPServerRequest

PIECE_BYTES = 64 * 1024

Application = Callable[..., Iterable[bytes]]

UNPACKED = ("Content-Length", "Transfer-Encoding")
"""The server has taken the body out of them: it is whole, and its length is known."""


def environ(
    request: HTTPServerRequest, body: bytes | bytearray, length: int | None
) -> dict[str, Any]:
    """The environment for a request with this body; `length` is None where it has none.

    A header whose name has `_` is left out: it would pass for the one with `-`, which a proxy sets.
    Bytes of the query that are no ASCII are quoted, as a client should: they may be no text.
    """
    headers = {
        "HTTP_" + name.replace("-", "_").upper(): value
        for name, value in request.headers.items()
        if "_" not in name and name not in UNPACKED
    }
    media_type = headers.pop("HTTP_CONTENT_TYPE", "")
    return {
        **headers,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": quote(request.query, safe=string.printable, encoding="latin-1"),
        "CONTENT_TYPE": media_type,
        **({} if length is None else {"CONTENT_LENGTH": str(length)}),
        "REMOTE_ADDR": request.remote_ip,
        "SERVER_NAME": request.host_name,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": request.version,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


class WsgiResponse:
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
        try:
            for part in self._parts:
                taken.append(part)
                size += len(part)
                if size >= PIECE_BYTES:
                    break
            else:
                self.close()
        except Exception:
            self.close()
            raise
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
