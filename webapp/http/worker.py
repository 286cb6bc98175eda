"""What all exchanges of one process share."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from webapp.http.held_bytes import HeldBytes
from webapp.http.wsgi import Application

PROBE = "/healthz"
DOWNLOAD = "/download"


class Worker:
    """The application and its threads, in lanes: long work must not keep short work waiting."""

    def __init__(self, application: Application, threads: int) -> None:
        self.application = application
        self.held = HeldBytes()
        self.answering: set[asyncio.Task[None]] = set()
        self._pages = ThreadPoolExecutor(threads, "pages")
        self._downloads = ThreadPoolExecutor(max(1, threads // 4), "downloads")
        self._probes = ThreadPoolExecutor(1, "probes")

    def lane(self, path: str) -> ThreadPoolExecutor:
        """The threads for requests of this path."""
        if path == PROBE:
            return self._probes
        return self._downloads if path.endswith(DOWNLOAD) else self._pages
