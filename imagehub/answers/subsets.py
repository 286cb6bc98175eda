"""What the API answers on subsets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic.json_schema import SkipJsonSchema

from imagehub.answers.answer import Answer, Unsent


class SubsetAnswer(Answer):
    """A saved subset."""

    name: str
    labels: tuple[str, ...]
    cap_per_label: Annotated[int | None, Unsent(None)]
    min_short_side_pixels: int
    keepers_only: bool
    splits: dict[str, float]
    created_at: Annotated[datetime | SkipJsonSchema[None], Unsent(None)]


class LabelPreview(Answer):
    """What a subset would take under one label: images found, files taken, files a split."""

    mid: str
    name: str
    images: int
    files: int
    splits: dict[str, int]


class PreviewAnswer(Answer):
    """What a first release of a subset would hold if it were made now.

    Where it is not `exact` the numbers come from a sample of the labels' photos.
    """

    exact: bool
    files: int
    total_bytes: int
    splits: dict[str, int]
    labels: tuple[LabelPreview, ...]


class Wish(Answer):
    """A release that was asked for."""

    id: str
    state: Annotated[str, Unsent("requested")]
