"""A request as WSGI has it."""

from __future__ import annotations

import io
import sys
from typing import Any
from urllib.parse import unquote_to_bytes

from tornado.httputil import HTTPServerRequest

UNPACKED = ("Content-Length", "Transfer-Encoding")
"""The server has taken the body out of them: it is whole, and its length is known."""


def of(request: HTTPServerRequest, body: bytes | bytearray, length: int | None) -> dict[str, Any]:
    """The environment for a request with this body; `length` is None where it has none.

    A header whose name has `_` is left out: it would pass for the one with `-`, which a proxy sets.
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
        "QUERY_STRING": request.query,
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
