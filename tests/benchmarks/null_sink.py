"""The hub's own server with one more route, which reads the body and does nothing with it."""

from __future__ import annotations

from flask import Flask, Response, request

from imagehub.settings import Settings
from imagehub.vocabulary import MAX_PHOTO_BYTES
from webapp.server import Server

PATH = "/null"


class ServerWithNullSink(Server):
    """The limit that a durable upload is measured against: same gunicorn, same Flask."""

    def load(self) -> Flask:
        """Build the application and add the route."""
        app = super().load()
        app.add_url_rule(PATH, "null", read_and_forget, methods=["POST"])
        return app


def read_and_forget() -> Response:
    """Read the whole body; keep nothing."""
    request.max_content_length = MAX_PHOTO_BYTES
    request.get_data(cache=False)
    return Response("{}", 202, content_type="application/json")


if __name__ == "__main__":
    ServerWithNullSink(Settings.from_environment()).run()
