"""The REST API, version 1: one thing per file, its models beside it.

A new thing is a file with `endpoints = Endpoints("thing")` and a line in `SUBJECTS`.
"""

from __future__ import annotations

from flask import Blueprint

from webapp.api import images, labels, releases, status, subsets, uploads
from webapp.api import probes as probe_views
from webapp.api.endpoints import Endpoints

PREFIX = "/api/v1"
SUBJECTS: tuple[Endpoints, ...] = (
    labels.endpoints,
    images.endpoints,
    status.endpoints,
    uploads.endpoints,
    subsets.endpoints,
    releases.endpoints,
)


def blueprint() -> Blueprint:
    """All routes below /api/v1."""
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    for endpoints in SUBJECTS:
        endpoints.register(api)
    return api


def probes() -> Blueprint:
    """/healthz and /readyz."""
    return probe_views.blueprint()
