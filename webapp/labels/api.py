"""Labels: search them by name, and see one in its place with its numbers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from imagehub.catalogue.labels.label_queries import LabelEntry
from imagehub.vocabulary import Outcome
from webapp.http.boundary import RequestModel, Text, Whole
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.labels import service as labels

endpoints = Endpoints("labels")


class LabelName(BaseModel):
    """One Open Images class."""

    mid: str
    name: str


class LabelNumbers(LabelName):
    """A label; `images` are verified ones with those of its descendants, `own_images` without."""

    images: int
    own_images: int
    kinds: int


class LabelSearch(RequestModel):
    """A search by name; without `q` all labels by name."""

    q: Text = ""
    limit: Annotated[Whole, Field(ge=1, le=200)] = 50
    after: Text | None = None


class LabelsFound(BaseModel):
    """A page of labels, the best match first; `next` is the `after` of the next page."""

    labels: list[LabelNumbers]
    next: str | None


class LabelInPlace(LabelNumbers):
    """A label between its neighbours.

    `claimed` counts images sent as this label; `verified`, `needs_review` and `rejected` are
    current verdicts on them. `wholes` are the labels that it is a part of.
    """

    trail: list[LabelName]
    parents: list[LabelNumbers]
    children: list[LabelNumbers]
    parts: list[LabelNumbers]
    wholes: list[LabelNumbers]
    claimed: int
    verified: int
    needs_review: int
    rejected: int


@endpoints.get("/labels")
def search(query: LabelSearch) -> LabelsFound:
    """Find labels whose name contains a text."""
    page = labels.search(resources().database, query.q, query.after, query.limit)
    return LabelsFound(labels=[numbers(entry) for entry in page.items], next=page.after)


@endpoints.get("/labels/<kind>/<code>")
def show(kind: str, code: str) -> LabelInPlace:
    """Show the label of the MID `/kind/code`, such as /m/0bt9lr."""
    found = labels.show(resources().database, f"/{kind}/{code}")
    return LabelInPlace(
        **_numbers(found.entry),
        trail=[LabelName(mid=label.mid, name=label.name) for label in found.trail],
        parents=[numbers(entry) for entry in found.parents],
        children=[numbers(entry) for entry in found.kinds],
        parts=[numbers(entry) for entry in found.parts],
        wholes=[numbers(entry) for entry in found.wholes],
        claimed=found.claimed,
        verified=found.outcomes[Outcome.VERIFIED],
        needs_review=found.outcomes[Outcome.NEEDS_REVIEW],
        rejected=found.outcomes[Outcome.REJECTED],
    )


def numbers(entry: LabelEntry) -> LabelNumbers:
    """A label entry as the API tells it."""
    return LabelNumbers(**_numbers(entry))


def _numbers(entry: LabelEntry) -> dict[str, Any]:
    return {
        "mid": entry.label.mid,
        "name": entry.label.name,
        "images": entry.images,
        "own_images": entry.own_images,
        "kinds": entry.kinds,
    }
