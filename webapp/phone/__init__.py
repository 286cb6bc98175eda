"""The web app at /app: its shell, which installs on a phone and works offline, and its requests.

The requests are those of the API, with the session's cookie instead of a token. A request that
changes something carries the session's CSRF token in the header X-CSRF-Token.
"""

from __future__ import annotations

from flask import Blueprint, Flask

from webapp.phone import requests, shell

PREFIX = "/app"


def register(app: Flask) -> None:
    """Add the app's routes to an application."""
    app.register_blueprint(shell.pages)
    asked = Blueprint("app", __name__, url_prefix=PREFIX)
    requests.endpoints.register(asked)
    app.register_blueprint(asked)
