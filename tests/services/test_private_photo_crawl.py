"""A photo that is not public: whoever crawls the hub finds no byte of it, nor its id."""

from __future__ import annotations

import pytest

from imagehub.catalogue.moderation import photo_openings
from imagehub.vocabulary import Outcome, Role
from tests import factories
from tests.access_cells import SUBJECTS, VISITOR
from tests.canaries import noise, slices
from tests.crawling import Crawl
from tests.factories import Photo
from tests.web_server import Web
from webapp.images import service as images


@pytest.fixture(scope="module")
def secret(web: Web) -> Photo:
    """Rejected, beside a public photo of the same person and label."""
    with web.database.transaction() as cursor:
        label = factories.label(cursor, "Wardrobe")
        public = factories.verified_photo(cursor, label, store=web.store)
        photo = factories.photo(cursor, label, owner=public.account, store=web.store, jpeg=noise())
        factories.checks(cursor, photo.image_id)
        factories.verdict(cursor, photo.image_id, label, Outcome.REJECTED, 0.01)
        factories.publish_label_sets(cursor)
    return photo


def found(web: Web, token: str, photo: Photo) -> list[str]:
    """Where the token's holder, or a visitor, finds the photo, from everywhere it could be."""
    kinds = images.KEYS
    stored = [web.store.get(kinds[kind](photo.photo_sha256)) for kind in kinds]
    canaries = (photo.image_id.encode(), *(canary for data in stored for canary in slices(data)))
    session = ""
    if token:
        with web.database.transaction() as cursor:
            session = factories.session(cursor, token)
    page = f"/images/{photo.image_id}"
    seeds = (
        *(page, f"/api/v1{page}", f"/api/v1{page}/similar"),
        *(f"{page}/{kind}.jpg" for kind in kinds),
        *(f"/api/v1/uploads/{photo.upload_id}", f"/api/v1/labels{photo.label.mid}/images"),
        *(f"/labels{photo.label.mid}", f"/labels{photo.label.mid}/coverage"),
    )
    if token:  # a visitor is led to the sign-in, whose form repeats the address
        seeds += (f"/moderation/{photo.image_id}",)
    return Crawl(web.url, session, token, seeds).finds(canaries)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_nobody_else_finds_a_private_photo(web: Web, secret: Photo, subject: str) -> None:
    token = "" if subject == VISITOR else web.person(Role(subject))[1]
    assert found(web, token, secret) == []


def test_its_sender_and_an_admin_who_opened_it_do(web: Web, secret: Photo) -> None:
    admin, token = web.person(Role.ADMIN)
    with web.database.transaction() as cursor:
        photo_openings.add(cursor, admin.id, secret.image_id, "Asked for.", 600)
        owner = factories.token(cursor, secret.account)
    for credential in (owner, token):
        assert f"/images/{secret.image_id}/thumb.jpg" in found(web, credential, secret)
