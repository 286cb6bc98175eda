"""What the API answers on images: a label's, one in full, and those that resemble it."""

from __future__ import annotations

from datetime import datetime

from imagehub.answers.answer import Answer
from imagehub.answers.explanations import ExplanationAnswer
from imagehub.answers.labels import LabelName


class ImageInList(Answer):
    """An image; `width` and `height` in pixels are those of `full`.

    `distance` is to the cluster's centre or, by cosine, to the image that it resembles; else 0.
    """

    id: str
    label: LabelName
    width: int
    height: int
    distance: float
    full: str
    view: str
    thumb: str


class ImagesOfLabel(Answer):
    """A page of images; `next` is the `after` of the next page."""

    images: tuple[ImageInList, ...]
    next: str | None


class SimilarImages(Answer):
    """Images by cosine distance of their embeddings, nearest first."""

    images: tuple[ImageInList, ...]


class FindingAnswer(Answer):
    """What a check found and measured."""

    code: str
    measured: float
    sentence: str


class VerdictAnswer(ExplanationAnswer):
    """What the current verification says of the image as this label.

    Only admins read `probability`; everybody else reads `certainty`.
    """

    label: LabelName
    outcome: str
    probability: float | None
    reasons: tuple[str, ...]
    decided_at: datetime
    published_at: datetime | None


class DuplicatePairAnswer(Answer):
    """A near duplicate beside its keeper; `distance` is 0 for equal pixels."""

    keeper: str
    member: str
    distance: float
    reason: str


class OriginAnswer(Answer):
    """Where an imported photo comes from; a licence of null is unknown. Texts may be empty."""

    licence: str | None
    author: str
    title: str
    source_url: str


class ImageAnswer(Answer):
    """One image; `width` and `height` in pixels are the upright original's.

    `keeper` is another image's id where this one hangs on it as a near duplicate.
    """

    id: str
    width: int
    height: int
    full: str
    full_width: int
    full_height: int
    full_bytes: int
    view: str
    thumb: str
    landed_at: datetime
    contributors: tuple[str, ...]
    origin: OriginAnswer | None
    public: bool
    verification_version: int | None
    verdicts: tuple[VerdictAnswer, ...]
    findings: tuple[FindingAnswer, ...]
    keeper: str
    near_duplicates: tuple[str, ...]
    duplicate_pairs: tuple[DuplicatePairAnswer, ...]
