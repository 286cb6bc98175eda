"""What the portal shows in browser tests."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.catalogue.database import Cursor
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import Account, Evidence, Finding, Label, Outcome
from tests import factories
from tests.factories.photo_releases import release_with_photos

SIZES = ((640, 480), (480, 640), (1400, 500), (300, 300))


@dataclass(frozen=True)
class PortalData:
    """Names of what was made; `token` is the subset owner's."""

    bird: Label
    owl: Label
    empty: Label
    image_id: str
    keeper_id: str
    subset: str
    release: str
    failed_release: str
    open_release: str
    token: str


def fill(cursor: Cursor, store: ObjectStore, owner: Account, token: str) -> PortalData:
    """Birds with two kinds, one of them part-of, duplicates, clusters and releases."""
    bird = factories.label(cursor, "Testbird")
    owl = factories.label(cursor, "Testowl with a rather long name", is_a=[bird])
    empty = factories.label(cursor, "Testwren", is_a=[bird])
    factories.label(cursor, "Testbeak", part_of=[bird])
    made = [
        factories.verified_photo(cursor, bird, store=store, size=SIZES[number % 4])
        for number in range(52)
    ]
    owls = [factories.verified_photo(cursor, owl, owner=owner, store=store) for _ in range(3)]
    waiting = factories.photo(cursor, owl, store=store)
    factories.verdict(cursor, waiting.image_id, owl, Outcome.NEEDS_REVIEW, 0.5)
    shown = factories.photo(cursor, owl, store=store, size=(900, 700))
    _judge(cursor, shown.image_id, owl)
    factories.same_photo_again(cursor, shown)
    factories.publish_label_sets(cursor)
    factories.duplicate(cursor, shown.image_id, owls[0].image_id)
    factories.cluster(cursor, bird, 0, [photo.image_id for photo in made[:30]])
    factories.cluster(cursor, bird, 1, [photo.image_id for photo in made[30:]])
    subset = factories.subset(cursor, [bird], owner=owner)
    drawings = [factories.drawn_jpeg(seed) for seed in range(3)]
    released = release_with_photos(cursor, store, drawings)
    return PortalData(
        bird=bird,
        owl=owl,
        empty=empty,
        image_id=shown.image_id,
        keeper_id=owls[0].image_id,
        subset=subset,
        release=released.id,
        failed_release=factories.release_failure(cursor, subset),
        open_release=factories.release_request(cursor, subset),
        token=token,
    )


def _judge(cursor: Cursor, image_id: str, label: Label) -> None:
    small = Finding("low_contrast", 21.0, "The photo has little contrast.")
    evidence = [
        Evidence("network", 0.97, "The network sees an owl first."),
        Evidence("quality", None, "Quality says nothing of the label."),
    ]
    factories.checks(cursor, image_id, [small])
    factories.verdict(cursor, image_id, label, probability=0.91, evidence=evidence)
