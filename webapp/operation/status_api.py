"""Public counts."""

from __future__ import annotations

from pydantic import BaseModel

from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.operation import status

endpoints = Endpoints("status")


class Status(BaseModel):
    """What the hub holds. Verdicts count (image, label) pairs of the current verification."""

    accepted: int
    landed: int
    refused: int
    refused_at_the_door: int
    images: int
    exact_duplicates: int
    near_duplicates: int
    verified: int
    needs_review: int
    rejected: int
    label_sets: int
    clusters: int
    label_set_version: int | None
    waiting_to_land: int
    waiting_for_verdict: int
    set_aside: int


@endpoints.get("/status")
def show() -> Status:
    """Count uploads, images, verdicts, label sets and what is still waiting."""
    return Status.model_validate(status.count(resources().database), from_attributes=True)
