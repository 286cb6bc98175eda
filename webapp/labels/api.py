"""Labels: search them by name, and see one in its place with its numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from imagehub.answers.labels import LabelInPlace, LabelName, LabelNumbers, LabelsFound
from imagehub.catalogue.labels.label_queries import LabelEntry
from imagehub.characters import without_format
from imagehub.vocabulary import Outcome
from webapp.http.boundary import RequestModel, Text, Whole
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.labels import service as labels

endpoints = Endpoints("labels")


def _seen(value: object) -> object:
    """Pasted text may hold invisible characters."""
    return without_format(value) if isinstance(value, str) else value


class LabelSearch(RequestModel):
    """A search by name; without `q` all labels by name."""

    q: Annotated[Text, BeforeValidator(_seen)] = ""
    limit: Annotated[Whole, Field(ge=1, le=200)] = 50
    after: Text | None = None


@endpoints.get("/labels")
def search(query: LabelSearch) -> LabelsFound:
    """Find labels whose name contains a text."""
    page = labels.search(resources().database, query.q, query.after, query.limit)
    return LabelsFound(labels=_all(page.items), next=page.after)


@endpoints.get("/labels/<kind>/<code>")
def show(kind: str, code: str) -> LabelInPlace:
    """Show the label of the MID `/kind/code`, such as /m/0bt9lr."""
    found = labels.show(resources().database, f"/{kind}/{code}")
    return LabelInPlace(
        **_numbers(found.entry),
        trail=tuple(LabelName.of(label) for label in found.trail),
        parents=_all(found.parents),
        children=_all(found.kinds),
        parts=_all(found.parts),
        wholes=_all(found.wholes),
        claimed=found.claimed,
        verified=found.outcomes[Outcome.VERIFIED],
        needs_review=found.outcomes[Outcome.NEEDS_REVIEW],
        rejected=found.outcomes[Outcome.REJECTED],
    )


def _all(entries: Iterable[LabelEntry]) -> tuple[LabelNumbers, ...]:
    return tuple(LabelNumbers(**_numbers(entry)) for entry in entries)


def _numbers(entry: LabelEntry) -> dict[str, Any]:
    return {
        "mid": entry.label.mid,
        "name": entry.label.name,
        "images": entry.images,
        "own_images": entry.own_images,
        "kinds": entry.kinds,
    }
