"""Subsets: saved selections over label sets, their preview, and the wish for a release."""

from __future__ import annotations

import math
from typing import Annotated

from flask import Response
from pydantic import Field, field_validator

from imagehub.answers.subsets import LabelPreview, PreviewAnswer, SubsetAnswer, Wish
from imagehub.catalogue.releases.subsets import LabelCount, Subset
from imagehub.subsets import SubsetRules
from imagehub.vocabulary import Account
from webapp.http.boundary import RequestModel, pattern
from webapp.http.endpoints import Endpoints, reply
from webapp.http.resources import resources
from webapp.subsets import service as subsets
from webapp.subsets.form import ADDRESSES, NAME_IN_WORDS

MAX_LABELS = 200
MAX_SIDE_PIXELS = 2048
Mid = Annotated[str, pattern(r"^/[a-z]/[a-z0-9_]{2,20}$", "a MID such as /m/0bt9lr")]
SplitName = Annotated[
    str,
    pattern(
        r"^[a-z][a-z0-9_-]{0,15}$",
        "up to 16 small letters, digits, hyphens and underscores, a letter first",
    ),
]
Share = Annotated[float, Field(gt=0, le=1)]
endpoints = Endpoints("subsets")


class Rules(RequestModel):
    """What a subset selects. `labels` are MIDs, each with its descendants."""

    labels: Annotated[list[Mid], Field(min_length=1, max_length=MAX_LABELS)]
    cap_per_label: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    min_short_side_pixels: Annotated[int, Field(ge=1, le=MAX_SIDE_PIXELS)] = 64
    keepers_only: bool = True
    splits: Annotated[dict[SplitName, Share], Field(min_length=1, max_length=8)] = Field(
        default_factory=lambda: dict(SubsetRules(()).splits)
    )

    @field_validator("labels")
    @classmethod
    def _each_once(cls, labels: list[str]) -> list[str]:
        if len(set(labels)) < len(labels):
            raise ValueError("a label stands twice")
        return labels

    @field_validator("splits")
    @classmethod
    def _whole(cls, splits: dict[str, float]) -> dict[str, float]:
        if not math.isclose(sum(splits.values()), 1, abs_tol=1e-6):
            raise ValueError("the shares must add up to 1")
        return splits

    def to_rules(self) -> SubsetRules:
        """The same as our own type."""
        return SubsetRules(
            labels=tuple(self.labels),
            cap_per_label=self.cap_per_label,
            min_short_side_pixels=self.min_short_side_pixels,
            keepers_only=self.keepers_only,
            splits=tuple(self.splits.items()),
        )


class NewSubset(Rules):
    """A subset to save: its rules and a name for addresses."""

    name: Annotated[str, pattern(r"^[a-z0-9][a-z0-9-]{0,62}$", NAME_IN_WORDS)]

    @field_validator("name")
    @classmethod
    def _is_free(cls, name: str) -> str:
        if name in ADDRESSES:
            raise ValueError(f"{name} is an address of the portal; choose another name")
        return name


class Empty(RequestModel):
    """An empty object."""


@endpoints.post("/subsets", status=201, answer=SubsetAnswer, problems=(409,))
def create(account: Account, body: NewSubset) -> Response:
    """Save a selection under a name. The same again changes nothing."""
    saved = subsets.create(resources().database, account, body.name, body.to_rules())
    return reply(_answer(saved), 201, {"Location": f"/api/v1/subsets/{saved.name}"})


@endpoints.post("/subsets/preview")
def preview(body: Rules) -> PreviewAnswer:
    """Count what a selection would hold now, for each label and split."""
    found = subsets.preview(resources().database, body.to_rules())
    return PreviewAnswer(
        exact=found.is_exact,
        files=found.files,
        total_bytes=found.total_bytes,
        splits=dict(found.splits),
        labels=tuple(_label_preview(count) for count in found.labels),
    )


@endpoints.get("/subsets/<name>", problems=(404,))
def show(name: str) -> SubsetAnswer:
    """One subset with its rules."""
    return _answer(subsets.show(resources().database, name))


@endpoints.post("/subsets/<name>/releases", status=202, answer=Wish, problems=(403, 404))
def request_release(name: str, account: Account, body: Empty) -> Response:
    """Ask for a release of your subset as its rules select now."""
    del body  # only an empty one is read
    release_id = subsets.request_release(resources().database, account, name)
    wish = Wish(id=release_id, state="requested")
    return reply(wish, 202, {"Location": f"/api/v1/releases/{release_id}"})


def _answer(subset: Subset) -> SubsetAnswer:
    rules = subset.rules
    return SubsetAnswer(
        name=subset.name,
        labels=rules.labels,
        cap_per_label=rules.cap_per_label,
        min_short_side_pixels=rules.min_short_side_pixels,
        keepers_only=rules.keepers_only,
        splits=dict(rules.splits),
        created_at=subset.created_at,
    )


def _label_preview(count: LabelCount) -> LabelPreview:
    return LabelPreview(
        mid=count.label.mid,
        name=count.label.name,
        images=count.images,
        files=count.files,
        splits=dict(count.splits),
    )
