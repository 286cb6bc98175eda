"""Request durations: summed in each worker, and written to the catalogue every few seconds."""

from __future__ import annotations

import logging
import threading
import time

from flask import Flask, Response, g, request

from imagehub.catalogue.operation import page_times
from imagehub.catalogue.operation.page_times import Times
from imagehub.errors import HubError
from webapp.http.resources import resources

PAUSE_SECONDS = 10.0
NOTHING = Times(0, 0, 0.0, 0.0)

log = logging.getLogger(__name__)


class Stopwatch:
    """The times of one worker since they were last written down."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: dict[tuple[str, str], Times] = {}
        self._written_at = time.monotonic()

    def add(self, route: tuple[str, str], seconds: float, status: int) -> None:
        """Count one request."""
        with self._lock:
            old = self._times.get(route, NOTHING)
            self._times[route] = Times(
                old.requests + 1,
                old.failures + (status >= 500),
                old.seconds + seconds,
                max(old.slowest_seconds, seconds),
            )

    def take(self, at_once: bool = False) -> dict[tuple[str, str], Times]:
        """Hand over the times to write now: none before the pause is over."""
        with self._lock:
            now = time.monotonic()
            if not at_once and now < self._written_at + PAUSE_SECONDS:
                return {}
            self._written_at = now
            taken, self._times = self._times, {}
            return taken


def install(app: Flask) -> None:
    """Time every request of the application."""
    watch = app.extensions["stopwatch"] = Stopwatch()

    def begin() -> None:
        g.began_at = time.monotonic()

    def end(response: Response) -> Response:
        if request.url_rule is not None:
            seconds = time.monotonic() - g.began_at
            watch.add((request.method, request.url_rule.rule), seconds, response.status_code)
            write_down(watch)
        return response

    app.before_request(begin)
    app.after_request(end)


def write_down(watch: Stopwatch, at_once: bool = False) -> None:
    """Write the times to the catalogue; while it is away they are lost, and nothing else is."""
    taken = watch.take(at_once)
    if not taken:
        return
    try:
        with resources().sign_in_database.transaction() as cursor:
            page_times.add(cursor, taken)
    except HubError as error:
        log.warning("times of %d routes are lost: %s", len(taken), error)
