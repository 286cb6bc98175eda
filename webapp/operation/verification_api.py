"""The version of verification that counts now, for reviewers."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from imagehub.errors import NotFound
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.operation import status

endpoints = Endpoints("verification")


class Verification(BaseModel):
    """The version whose verdicts count, its networks by name, and since when it counts."""

    version: int
    networks: tuple[str, ...]
    current_since: datetime | None


@endpoints.get("/verification", problems=(404,))
def show() -> Verification:
    """Show which version of verification counts now."""
    found = status.verification(resources().database)
    if found is None:
        raise NotFound("No version of verification counts yet.")
    return Verification.model_validate(found, from_attributes=True)
