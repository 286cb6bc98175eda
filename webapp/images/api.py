"""Images: a label's, one in full, and those that resemble it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from imagehub.catalogue.images.image_lists import Tile
from imagehub.catalogue.images.image_queries import ImageVerdict
from imagehub.vocabulary import Account
from webapp.http.boundary import RequestModel, Text, Whole
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.images import photo_page
from webapp.images import service as images
from webapp.images.explanations import Explanation
from webapp.images.service import ImageView, PageCursor
from webapp.images.verdict_answers import ExplanationAnswer, evidence
from webapp.labels.api import LabelName

endpoints = Endpoints("images")


class ImageInList(BaseModel):
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


class ImagePlace(RequestModel):
    """A page of a list; `cluster` is a cluster's number within the label."""

    cluster: Annotated[Whole, Field(ge=0, le=32767)] | None = None
    limit: Annotated[Whole, Field(ge=1, le=200)] = 50
    after: Text | None = None


class ImagesOfLabel(BaseModel):
    """A page of images; `next` is the `after` of the next page."""

    images: list[ImageInList]
    next: str | None


class SimilarQuery(RequestModel):
    """How many images to find."""

    limit: Annotated[Whole, Field(ge=1, le=100)] = 24


class SimilarImages(BaseModel):
    """Images by cosine distance of their embeddings, nearest first."""

    images: list[ImageInList]


class FindingAnswer(BaseModel):
    """What a check found and measured."""

    code: str
    measured: float
    sentence: str


class VerdictAnswer(ExplanationAnswer):
    """What the current verification says of the image as this label.

    `probability` is told to admins only; everybody else reads `certainty`.
    """

    label: LabelName
    outcome: str
    probability: float | None
    reasons: list[str]
    decided_at: datetime
    published_at: datetime | None


class DuplicatePairAnswer(BaseModel):
    """A near duplicate beside its keeper; `distance` is 0 for equal pixels."""

    keeper: str
    member: str
    distance: float
    reason: str


class ImageAnswer(BaseModel):
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
    contributors: list[str]
    public: bool
    verification_version: int | None
    verdicts: list[VerdictAnswer]
    findings: list[FindingAnswer]
    keeper: str
    near_duplicates: list[str]
    duplicate_pairs: list[DuplicatePairAnswer]


@endpoints.get("/labels/<kind>/<code>/images")
def of_label(kind: str, code: str, query: ImagePlace) -> ImagesOfLabel:
    """List a label's public images with its descendants', or those of one of its clusters."""
    page = images.of_label(
        resources().database,
        f"/{kind}/{code}",
        PageCursor(after=query.after),
        query.limit,
        query.cluster,
    )
    return ImagesOfLabel(images=[_tile(tile) for tile in page.items], next=page.after)


@endpoints.get("/images/<image_id>")
def show(image_id: str, account: Account | None) -> ImageAnswer:
    """Show one image: public, the asker's, in a reviewer's queue, or open to an admin."""
    database = resources().database
    view = images.show(database, image_id, account)
    return _image(view, photo_page.explain_all(database, view, account))


@endpoints.get("/images/<image_id>/similar")
def similar(image_id: str, query: SimilarQuery, account: Account | None) -> SimilarImages:
    """Find the public images that look most like this one."""
    found = images.similar(resources().database, image_id, query.limit, account)
    return SimilarImages(images=[_tile(tile) for tile in found])


def _tile(tile: Tile) -> ImageInList:
    return ImageInList(
        id=tile.image_id,
        label=LabelName(mid=tile.label.mid, name=tile.label.name),
        width=tile.width,
        height=tile.height,
        distance=tile.distance,
        **_paths(tile.image_id),
    )


def _paths(image_id: str) -> dict[str, str]:
    return {kind: f"/images/{image_id}/{kind}.jpg" for kind in images.KEYS}


def _image(found: ImageView, explained: tuple[Explanation, ...]) -> ImageAnswer:
    image = found.image
    return ImageAnswer(
        id=image.id,
        width=image.width,
        height=image.height,
        full_width=image.full_width,
        full_height=image.full_height,
        full_bytes=image.full_bytes,
        landed_at=image.landed_at,
        contributors=list(dict.fromkeys(sent.contributor for sent in found.uploads)),
        public=image.is_public,
        verification_version=found.check.version if found.check else None,
        verdicts=[_verdict(*each) for each in zip(found.verdicts, explained, strict=True)],
        findings=[
            FindingAnswer(code=each.code, measured=each.measured, sentence=each.sentence)
            for each in (found.check.findings if found.check else ())
        ],
        keeper=found.keeper_id,
        near_duplicates=[near.tile.image_id for near in found.near_duplicates],
        duplicate_pairs=[
            DuplicatePairAnswer(
                keeper=pair.keeper.tile.image_id,
                member=pair.member.tile.image_id,
                distance=pair.distance,
                reason=pair.reason,
            )
            for pair in found.pairs
        ],
        **_paths(image.id),
    )


def _verdict(judged: ImageVerdict, told: Explanation) -> VerdictAnswer:
    return VerdictAnswer(
        label=LabelName(mid=judged.label.mid, name=judged.label.name),
        outcome=str(judged.verdict.outcome),
        headline=told.headline,
        certainty=told.certainty,
        probability=told.probability,
        reasons=list(told.all_reasons),
        evidence=evidence(told),
        next_steps=list(told.next_steps),
        verification_version=judged.version,
        decided_at=judged.decided_at,
        published_at=judged.published_at,
    )
