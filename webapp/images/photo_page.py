"""What the page of a photo shows: the image, its verdicts in words, and what explains them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.images import comparisons, image_lists
from imagehub.catalogue.images.image_lists import Tile
from imagehub.catalogue.images.image_queries import ImageVerdict
from imagehub.catalogue.labels import label_queries
from imagehub.catalogue.reviews import reviews as answers
from imagehub.catalogue.reviews.reviews import Review
from imagehub.errors import NotFound
from imagehub.vocabulary import Account, Label
from webapp.duplicates import service as duplicates
from webapp.duplicates.service import Parted
from webapp.images import permissions
from webapp.images import service as images
from webapp.images.explanations import Explanation, Reader, VerdictContext, explain
from webapp.images.permissions import ImageStanding
from webapp.images.service import ImageView

COMPARED_EACH = 6
MOST_COMPARED_LABELS = 8
SIMILAR = 16


@dataclass(frozen=True, slots=True)
class Compared:
    """Public photos of one label, nearest to the photo first."""

    label: Label
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class ExplainedVerdict:
    """A verdict, its words, and what it was compared with.

    `own_answer` is the reader's; other people's answers are never shown.
    """

    judged: ImageVerdict
    explanation: Explanation
    compared: tuple[Compared, ...]
    own_answer: Review | None
    is_reviewable: bool


@dataclass(frozen=True, slots=True)
class PhotoPage:
    """All of a photo's page; `label` names the photo, `is_own` says that the reader sent it."""

    view: ImageView
    label: Label
    verdicts: tuple[ExplainedVerdict, ...]
    parted: Parted
    similar: tuple[Tile, ...]
    is_own: bool


def show(database: Database, image_id: str, viewer: Account | None) -> PhotoPage:
    """The page of an image; raise NotFound where the viewer may not see it."""
    view = images.show(database, image_id, viewer)
    if not view.labels and view.standing is ImageStanding.STRANGER:
        raise NotFound(f"The image {image_id} is in no label set any more.")
    explained = explain_all(database, view, viewer)
    near = [duplicate.tile.image_id for duplicate in view.near_duplicates]
    with database.transaction() as cursor:
        similar = image_lists.similar(cursor, image_id, near, SIMILAR)
        compared = _compare(cursor, view, explained, near)
        found = answers.of_image(cursor, image_id) if permissions.may_judge(viewer) else []
        parted = duplicates.parted(cursor, image_id, near, viewer)
    is_own = any(viewer and sent.account_id == viewer.id for sent in view.uploads)
    return PhotoPage(
        view=view,
        label=(view.labels or [view.uploads[0].claimed])[0],
        verdicts=tuple(
            ExplainedVerdict(
                judged=judged,
                explanation=explanation,
                compared=_compared_with(judged, explanation, compared, similar),
                own_answer=_own(found, judged.label.mid, viewer),
                is_reviewable=_is_reviewable(view, judged, viewer) and not is_own,
            )
            for judged, explanation in zip(view.verdicts, explained, strict=True)
        ),
        parted=parted,
        similar=tuple(similar),
        is_own=is_own,
    )


def explain_all(
    database: Database, view: ImageView, viewer: Account | None
) -> tuple[Explanation, ...]:
    """The view's verdicts in words for the viewer, in the same order."""
    mids = {seen.rival for judged in view.verdicts for seen in judged.verdict.evidence}
    rivals: dict[str, str] = {}
    if mids - {None}:
        with database.transaction() as cursor:
            entries = label_queries.find_many(cursor, [mid for mid in mids if mid])
        rivals = {entry.label.mid: entry.label.name for entry in entries}
    findings = [finding.code for finding in view.check.findings] if view.check else []
    return tuple(
        explain(
            VerdictContext(judged.label, judged.verdict, findings, rivals, judged.prior),
            reader(view, judged.label, viewer),
        )
        for judged in view.verdicts
    )


def reader(view: ImageView, label: Label, viewer: Account | None) -> Reader:
    """What the viewer is to one claim on the image."""
    is_sender = viewer is not None and any(
        sent.account_id == viewer.id and sent.claimed == label for sent in view.uploads
    )
    return Reader(
        sees_numbers=view.standing is ImageStanding.ADMIN,
        is_sender=is_sender,
        alone=is_sender and label not in view.shared_claims,
    )


def _is_reviewable(view: ImageView, judged: ImageVerdict, viewer: Account | None) -> bool:
    is_claimed = any(sent.claimed == judged.label for sent in view.uploads)
    return is_claimed and permissions.may_judge(viewer)


def _compare(
    cursor: Cursor, view: ImageView, explained: tuple[Explanation, ...], near: list[str]
) -> Mapping[str, list[Tile]]:
    labels = [judged.label for judged in view.verdicts]
    labels += [rival for explanation in explained for rival in explanation.rivals]
    mids = list(dict.fromkeys(label.mid for label in labels))[:MOST_COMPARED_LABELS]
    return comparisons.nearest_of_labels(cursor, view.image.id, mids, near, COMPARED_EACH)


def _compared_with(
    judged: ImageVerdict,
    explanation: Explanation,
    compared: Mapping[str, list[Tile]],
    similar: Sequence[Tile],
) -> tuple[Compared, ...]:
    """Of a large label only some were compared: the nearest of all photos join them."""
    found = []
    for label in (judged.label, *explanation.rivals):
        tiles = [*compared.get(label.mid, ()), *(tile for tile in similar if tile.label == label)]
        each_once = {tile.image_id: tile for tile in tiles}.values()
        nearest = sorted(each_once, key=lambda tile: (tile.distance, tile.image_id))[:COMPARED_EACH]
        if nearest:
            found.append(Compared(label, tuple(nearest)))
    return tuple(found)


def _own(found: list[Review], mid: str, viewer: Account | None) -> Review | None:
    return next(
        (
            review
            for review in found
            if viewer and review.label == mid and review.account_id == viewer.id
        ),
        None,
    )
