"""An admin sees a photo that is not public only for a reason, and its sender is told."""

from __future__ import annotations

import html

import pytest

from imagehub.catalogue.labels import label_proposals
from imagehub.catalogue.labels.label_proposals import NewProposal
from imagehub.catalogue.moderation import reports
from imagehub.catalogue.moderation.reports import ReportKind
from imagehub.vocabulary import Outcome, Role
from tests import factories
from tests.factories import Photo
from tests.signed_in import SignedIn
from tests.web_server import Web

REASON = "The sender's parent asked us to look <b>"


@pytest.fixture
def hidden(web: Web) -> Photo:
    """A photo of somebody that was rejected and that nobody reported."""
    with web.database.transaction() as cursor:
        photo = factories.photo(cursor, store=web.store)
        factories.checks(cursor, photo.image_id)
        factories.verdict(cursor, photo.image_id, photo.label, Outcome.REJECTED, 0.01)
    return photo


def sees(web: Web, admin: str, photo: Photo) -> set[int]:
    """What an admin's browser hears who asks for the page and the pixels."""
    browser = SignedIn(web, admin)
    path = f"/images/{photo.image_id}"
    answers = [browser.get(path), browser.get(f"{path}/full.jpg")]
    answers.append(web.get(f"/api/v1{path}", admin))
    return {answer.status_code for answer in answers}


def test_an_admin_opens_a_photo_for_a_reason_and_its_sender_is_told(
    web: Web, hidden: Photo
) -> None:
    (admin, token), (_, other) = web.person(Role.ADMIN), web.person(Role.ADMIN)
    assert sees(web, token, hidden) == {404}
    browser = SignedIn(web, token)
    for reason in ("", "   ", "x" * 501):
        answer = browser.post("/photo-openings", photo=hidden.image_id, reason=reason)
        assert (answer.status_code, "Give a reason" in answer.text) == (422, True)
    assert sees(web, token, hidden) == {404}
    page = f"{web.url}/images/{hidden.image_id}"
    answer = browser.post("/photo-openings", photo=page, reason=REASON)
    assert answer.headers["Location"] == f"/images/{hidden.image_id}"
    assert sees(web, token, hidden) == {200}
    assert sees(web, other, hidden) == {404}
    assert REASON in html.unescape(browser.get("/photo-openings").text)
    assert REASON in html.unescape(SignedIn(web, other).get("/audit").text)
    with web.database.transaction() as cursor:
        owners = factories.token(cursor, hidden.account)
    owner = SignedIn(web, owners)
    for told in ("/notices", "/account"):
        shown = html.unescape(owner.get(told).text)
        assert REASON in shown, told
        assert admin.name in shown, told


@pytest.mark.parametrize("photo", ["", "nonsense", "0" * 16, "../images/x", "0" * 300])
def test_what_is_no_photo_is_not_opened(web: Web, photo: str) -> None:
    browser = SignedIn(web, web.person(Role.ADMIN)[1])
    answer = browser.post("/photo-openings", photo=photo, reason=REASON)
    assert (answer.status_code, "no such photo" in answer.text) == (422, True)


def test_nothing_is_noted_of_a_photo_that_is_public(web: Web) -> None:
    with web.database.transaction() as cursor:
        photo = factories.verified_photo(cursor)
        factories.publish_label_sets(cursor)
        owners = factories.token(cursor, photo.account)
    owner = SignedIn(web, owners)
    browser = SignedIn(web, web.person(Role.ADMIN)[1])
    answer = browser.post("/photo-openings", photo=photo.image_id, reason=REASON)
    assert answer.headers["Location"] == f"/images/{photo.image_id}"
    assert REASON not in html.unescape(owner.get("/notices").text)


def test_what_waits_for_an_admin_is_seen_until_it_is_decided(web: Web, hidden: Photo) -> None:
    _, token = web.person(Role.ADMIN)
    with web.database.transaction() as cursor:
        reports.add(cursor, hidden.photo_sha256, None, ReportKind.RIGHTS, "")
    assert sees(web, token, hidden) == {200}
    form = {"outcome": "keep", "kind": "rights", "words": "It is theirs."}
    desk = f"/moderation/{hidden.image_id}"
    assert SignedIn(web, token).post(desk, **form).status_code == 303
    assert sees(web, token, hidden) == {404}


def test_examples_of_a_proposed_label_are_seen_by_admins(web: Web, hidden: Photo) -> None:
    _, token = web.person(Role.ADMIN)
    with web.database.transaction() as cursor:
        new = NewProposal("Gizmo", (), "It is missing.", (hidden.upload_id,))
        label_proposals.add(cursor, hidden.account.id, new)
    assert sees(web, token, hidden) == {200}
