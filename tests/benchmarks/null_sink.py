"""The hub's own server with two more routes, the limits that a durable upload is measured against.

One reads the body and does nothing with it; the other also keeps it in a fresh file, flushed.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import replace
from functools import partial
from pathlib import Path

from flask import Flask, Response, request

from imagehub.settings import Settings
from imagehub.vocabulary import MAX_PHOTO_BYTES
from webapp.application import create_app
from webapp.http import access
from webapp.server import serve

PATH = "/null"
DURABLE_PATH = "/durable"


def application(settings: Settings) -> Flask:
    """The hub's own, with the same checks before each request, and the routes."""
    app = create_app(settings)
    folder = settings.data / "durable-sink"
    folder.mkdir(exist_ok=True)
    app.add_url_rule(PATH, "null", read_and_forget, methods=["POST"])
    app.add_url_rule(DURABLE_PATH, "durable", partial(read_and_keep, folder), methods=["POST"])
    open_to_anyone(PATH, DURABLE_PATH)
    return app


def open_to_anyone(*paths: str) -> None:
    """Add lines for these routes to the access table of this process."""
    table = access.table()
    lines = "".join(f'"POST {path}" = {{who = "anyone"}}\n' for path in paths)
    added = access.read(f"[things]\n[routes]\n{lines}")
    whole = replace(table, routes={**table.routes, **added.routes})
    access.table = lambda: whole


def read_and_forget() -> Response:
    """Read the whole body; keep nothing."""
    _body()
    return _accepted()


def read_and_keep(folder: Path) -> Response:
    """Read the whole body; answer when it is in a file that outlives a power cut."""
    with (folder / uuid.uuid4().hex).open("xb") as file:
        file.write(_body())
        file.flush()
        os.fsync(file.fileno())
    entries = os.open(folder, os.O_RDONLY)
    os.fsync(entries)
    os.close(entries)
    return _accepted()


def _body() -> bytes:
    request.max_content_length = MAX_PHOTO_BYTES
    return request.get_data(cache=False)


def _accepted() -> Response:
    return Response("{}", 202, content_type="application/json")


if __name__ == "__main__":
    wanted = Settings.from_environment()
    serve(wanted, application(wanted))
