"""gunicorn's own events and one for each request, as lines of JSON."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from imagehub import logs


class RequestLog(Logger):  # type: ignore[misc] # gunicorn ships no types
    """Method, path, status, size, time. No query, no address, no agent: these may name a person."""

    def setup(self, cfg: Any) -> None:
        """Set gunicorn's loggers up, in our form."""
        super().setup(cfg)
        for handler in (*self.access_log.handlers, *self.error_log.handlers):
            handler.setFormatter(logs.Line())

    def access(self, resp: Any, _: Any, environ: Any, request_time: timedelta) -> None:
        """Write one request down; gunicorn hands the request over, whose `environ` it is."""
        self.access_log.info(
            "%s %s %s",
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
            str(resp.status).partition(" ")[0],
            extra=logs.about(
                bytes=getattr(resp, "sent", None),
                milliseconds=round(request_time.total_seconds() * 1000, 1),
            ),
        )
