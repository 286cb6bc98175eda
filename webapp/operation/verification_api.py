"""The version of verification that counts now, for reviewers."""

from __future__ import annotations

from imagehub.answers.operation import Verification
from imagehub.catalogue.operation import status
from imagehub.errors import NotFound
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources

endpoints = Endpoints("verification")


@endpoints.get("/verification", problems=(404,))
def show() -> Verification:
    """Show which version of verification counts now."""
    with resources().database.transaction() as cursor:
        found = status.current_verification(cursor)
    if found is None:
        raise NotFound("No version of verification counts yet.")
    return found
