"""The hub's own server with two more routes, the limits that a durable upload is measured against.

One reads the body and does nothing with it; the other also keeps it in a fresh file, flushed.
"""

from __future__ import annotations

import os
import uuid
from functools import partial
from pathlib import Path

from flask import Flask, Response, request

from imagehub.settings import Settings
from imagehub.vocabulary import MAX_PHOTO_BYTES
from webapp.server import PortalServer

PATH = "/null"
DURABLE_PATH = "/durable"


class ServerWithSinks(PortalServer):
    """Same gunicorn, same Flask."""

    def load(self) -> Flask:
        """Build the application and add the routes."""
        app = super().load()
        app.add_url_rule(PATH, "null", read_and_forget, methods=["POST"])
        folder = self.settings.data / "durable-sink"
        folder.mkdir(exist_ok=True)
        keep = partial(read_and_keep, folder)
        app.add_url_rule(DURABLE_PATH, "durable", keep, methods=["POST"])
        return app


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
    ServerWithSinks(Settings.from_environment()).run()
