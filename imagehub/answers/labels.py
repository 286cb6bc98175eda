"""What the API answers on labels."""

from __future__ import annotations

from typing import Annotated

from imagehub.answers.answer import Answer, Unsent


class LabelName(Answer):
    """One Open Images class."""

    mid: str
    name: str


class LabelNumbers(LabelName):
    """A label; `images` are verified ones with those of its descendants, `own_images` without."""

    images: Annotated[int, Unsent(0)]
    own_images: Annotated[int, Unsent(0)]
    kinds: Annotated[int, Unsent(0)]


class LabelsFound(Answer):
    """A page of labels, the best match first; `next` is the `after` of the next page."""

    labels: tuple[LabelNumbers, ...]
    next: Annotated[str | None, Unsent(None)]


class LabelInPlace(LabelNumbers):
    """A label between its neighbours.

    `claimed` counts images sent as this label; `verified`, `needs_review` and `rejected` are
    current verdicts on them. `wholes` are the labels that it is a part of.
    """

    trail: Annotated[tuple[LabelName, ...], Unsent(())]
    parents: Annotated[tuple[LabelNumbers, ...], Unsent(())]
    children: Annotated[tuple[LabelNumbers, ...], Unsent(())]
    parts: Annotated[tuple[LabelNumbers, ...], Unsent(())]
    wholes: Annotated[tuple[LabelNumbers, ...], Unsent(())]
    claimed: Annotated[int, Unsent(0)]
    verified: Annotated[int, Unsent(0)]
    needs_review: Annotated[int, Unsent(0)]
    rejected: Annotated[int, Unsent(0)]
