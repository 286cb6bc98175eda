"""A damaged photo is never served, and its page, the operator's page and Prometheus say so."""

from __future__ import annotations

from imagehub.catalogue.operation import scrubs
from imagehub.catalogue.operation.scrubs import Damage
from imagehub.storage import keys
from imagehub.vocabulary import Role
from tests import factories
from tests.factories.uploads import Photo
from tests.services.test_operation import figures
from tests.signed_in import SignedIn
from tests.web_server import Web


def landed(web: Web) -> tuple[Photo, str]:
    """A photo with pixels and the token of who sent it."""
    owner, token = web.person(Role.CONTRIBUTOR)
    with web.database.transaction() as cursor:
        return factories.photo(cursor, owner=owner, store=web.store), token


def test_bytes_that_are_not_the_photos_are_not_served(web: Web) -> None:
    photo, token = landed(web)
    contributor = SignedIn(web, token)
    path = f"/images/{photo.image_id}/full.jpg"
    assert contributor.get(path).status_code == 200
    key = keys.full(photo.photo_sha256)
    rotten = bytearray(web.store.get(key))
    rotten[len(rotten) // 2] ^= 1
    web.store.replace(key, bytes(rotten))
    assert contributor.get(path).status_code == 404


def test_pages_and_metrics_tell_what_is_lost(web: Web) -> None:
    photo, token = landed(web)
    admin_token = web.person(Role.ADMIN)[1]
    before = figures(web, admin_token)["imagehub_damaged_objects", "gone"]
    key = keys.original(photo.photo_sha256)
    with web.database.transaction() as cursor:
        scrubs.note(cursor, {key: Damage.GONE}, image_id=photo.image_id)

    page = SignedIn(web, token).get(f"/images/{photo.image_id}").text
    assert "Damaged in the hub's store: original." in page
    assert key in SignedIn(web, admin_token).get("/operator").text
    assert figures(web, admin_token)["imagehub_damaged_objects", "gone"] == before + 1
