"""gunicorn, configured for the hub: threads, time limits, logs without personal data."""

from __future__ import annotations

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from imagehub.settings import Settings
from webapp.application import create_app
from webapp.http.request_log import RequestLog

GRACEFUL_STOP_SECONDS = 4
KEEPALIVE_SECONDS = 5


class PortalServer(BaseApplication):  # type: ignore[misc] # gunicorn ships no types
    """A gunicorn master whose workers each build their own application."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Take the hub's settings; gunicorn's own command line and environment are not read."""
        for name, value in options(self.settings).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the application, in the worker."""
        return create_app(self.settings)


def options(settings: Settings) -> dict[str, Any]:
    """gunicorn's configuration for these settings."""
    return {
        "bind": f"{settings.web_host}:{settings.web_port}",
        "workers": settings.web_workers,
        "threads": settings.web_threads,
        "worker_class": "webapp.http.worker.HeadFirstWorker",
        "preload_app": False,
        "keepalive": KEEPALIVE_SECONDS,
        "graceful_timeout": GRACEFUL_STOP_SECONDS,
        "accesslog": "-",
        "logger_class": RequestLog,
        "errorlog": "-",
        "forwarder_headers": "",  # else a proxy's client may send SCRIPT_NAME
        "limit_request_line": 8190,
        "limit_request_fields": 64,
        "proc_name": "deep-images-hub",
        "control_socket_disable": True,
    }
