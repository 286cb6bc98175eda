"""Images: a label's, one in full, and those that resemble it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from imagehub.answers.explanations import EvidenceAnswer
from imagehub.answers.images import (
    DuplicatePairAnswer,
    FindingAnswer,
    ImageAnswer,
    ImageInList,
    ImagesOfLabel,
    OriginAnswer,
    SimilarImages,
    VerdictAnswer,
)
from imagehub.answers.labels import LabelName
from imagehub.catalogue.images.image_lists import Tile
from imagehub.catalogue.images.image_queries import ImageVerdict
from imagehub.catalogue.imports.photo_origins import PhotoOrigin
from imagehub.vocabulary import Account
from webapp.http.boundary import RequestModel, Text, Whole
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.images import photo_page
from webapp.images import service as images
from webapp.images.explanations import Explanation
from webapp.images.service import ImageView, PageCursor

endpoints = Endpoints("images")


class ImagePlace(RequestModel):
    """A page of a list; `cluster` is a cluster's number within the label."""

    cluster: Annotated[Whole, Field(ge=0, le=32767)] | None = None
    limit: Annotated[Whole, Field(ge=1, le=200)] = 50
    after: Text | None = None


class SimilarQuery(RequestModel):
    """How many images to find."""

    limit: Annotated[Whole, Field(ge=1, le=100)] = 24


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
    return ImagesOfLabel(images=tuple(_tile(tile) for tile in page.items), next=page.after)


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
    return SimilarImages(images=tuple(_tile(tile) for tile in found))


def _tile(tile: Tile) -> ImageInList:
    return ImageInList(
        id=tile.image_id,
        label=LabelName.of(tile.label),
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
        contributors=tuple(dict.fromkeys(sent.contributor for sent in found.uploads)),
        origin=_origin(found.origin),
        public=image.is_public,
        verification_version=found.check.version if found.check else None,
        verdicts=tuple(_verdict(*each) for each in zip(found.verdicts, explained, strict=True)),
        findings=tuple(
            FindingAnswer.of(each) for each in (found.check.findings if found.check else ())
        ),
        keeper=found.keeper_id,
        near_duplicates=tuple(near.tile.image_id for near in found.near_duplicates),
        duplicate_pairs=tuple(
            DuplicatePairAnswer(
                keeper=pair.keeper.tile.image_id,
                member=pair.member.tile.image_id,
                distance=pair.distance,
                reason=pair.reason,
            )
            for pair in found.pairs
        ),
        **_paths(image.id),
    )


def _origin(origin: PhotoOrigin | None) -> OriginAnswer | None:
    if origin is None:
        return None
    return OriginAnswer(
        licence=origin.licence,
        author=origin.author,
        title=origin.title,
        source_url=origin.source_url,
    )


def _verdict(judged: ImageVerdict, told: Explanation) -> VerdictAnswer:
    return VerdictAnswer(
        label=LabelName.of(judged.label),
        outcome=str(judged.verdict.outcome),
        headline=told.headline,
        certainty=told.certainty,
        probability=told.probability,
        reasons=told.all_reasons,
        evidence=tuple(EvidenceAnswer.of(line) for line in told.lines),
        next_steps=told.next_steps,
        verification_version=judged.version,
        decided_at=judged.decided_at,
        published_at=judged.published_at,
    )
