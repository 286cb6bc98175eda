"""One line of JSON for each request."""

from __future__ import annotations

import logging

from tornado.httputil import HTTPServerRequest

from imagehub import logs
from webapp.http.wsgi import WsgiResponse

log = logging.getLogger("webapp.requests")


def write(
    request: HTTPServerRequest, answer: WsgiResponse | None, sent: int, seconds: float
) -> None:
    """Method, path, status, size, time. No query, no address, no agent: these may name a person."""
    log.info(
        "%s %s %s",
        request.method,
        request.path,
        answer.code if answer else "-",
        extra=logs.about(bytes=sent, milliseconds=round(seconds * 1000, 1)),
    )
