"""gunicorn's own events and one for each request, as lines of JSON."""

from __future__ import annotations

from collections.abc import Mapping
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
            handler.setFormatter(logs.JsonFormatter())

    def access(
        self, resp: Any, _: Any, environ: Mapping[str, Any], request_time: timedelta
    ) -> None:
        """Write one request down; of one that gunicorn could not read there is no path."""
        self.access_log.info(
            "%s %s %s",
            environ.get("REQUEST_METHOD") or "-",
            environ.get("PATH_INFO") or "-",
            str(resp.status).partition(" ")[0],
            extra=logs.about(
                bytes=getattr(resp, "sent", None),
                milliseconds=round(request_time.total_seconds() * 1000, 1),
            ),
        )
