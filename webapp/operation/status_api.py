"""Public counts."""

from __future__ import annotations

from imagehub.answers.operation import Status
from imagehub.catalogue.operation import status
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources

endpoints = Endpoints("status")


@endpoints.get("/status")
def show() -> Status:
    """Count uploads, images, verdicts, label sets and what is still waiting."""
    with resources().database.transaction() as cursor:
        return status.count(cursor)
