"""The hub's own server with two more routes, the limits that a durable upload is measured against.

One reads the body and does nothing with it; the other also keeps it in a fresh file, flushed.
Both belong to a bare Flask application beside the hub's, so that the hub's access table, which has
a line for each of its routes, knows nothing of them.
"""

from __future__ import annotations

import os
import uuid
from functools import partial
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from imagehub.settings import Settings
from webapp.http.slow_bodies import SlowBodies
from webapp.server import PortalServer

MOUNT = "/sinks"
PATH = f"{MOUNT}/null"
DURABLE_PATH = f"{MOUNT}/durable"


class ServerWithSinks(PortalServer):
    """Same gunicorn, same way of reading bodies."""

    def load(self) -> Flask:
        """Build the hub's application and mount the sinks beside it."""
        app = super().load()
        sinks = SlowBodies(sinks_app(self.settings.data / "durable-sink"))
        app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {MOUNT: sinks})
        return app


def sinks_app(folder: Path) -> Flask:
    """The two routes; what the durable one keeps lies in the folder."""
    folder.mkdir(exist_ok=True)
    app = Flask(__name__)
    app.add_url_rule("/null", "null", read_and_forget, methods=["POST"])
    app.add_url_rule("/durable", "durable", partial(read_and_keep, folder), methods=["POST"])
    return app


def read_and_forget() -> Response:
    """Read the whole body; keep nothing."""
    request.get_data(cache=False)
    return _accepted()


def read_and_keep(folder: Path) -> Response:
    """Read the whole body; answer when it is in a file that outlives a power cut."""
    with (folder / uuid.uuid4().hex).open("xb") as file:
        file.write(request.get_data(cache=False))
        file.flush()
        os.fsync(file.fileno())
    entries = os.open(folder, os.O_RDONLY)
    os.fsync(entries)
    os.close(entries)
    return _accepted()


def _accepted() -> Response:
    return Response("{}", 202, content_type="application/json")


if __name__ == "__main__":
    ServerWithSinks(Settings.from_environment()).run()
