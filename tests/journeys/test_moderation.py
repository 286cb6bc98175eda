"""A photo is reported, hidden, kept and taken down in a real browser, on a phone and on a desk."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from imagehub.vocabulary import Role
from tests import factories
from tests.factories import Photo
from tests.journeys.conftest import Visit
from tests.journeys.page_checks import complaints_about
from tests.journeys.sign_in import fill_sign_in
from tests.web_server import Web

SIZES = [(390, 844), (1280, 800)]


@dataclass(frozen=True)
class Reported:
    """A public photo, who sent it, and who decides."""

    photo: Photo
    owner: str
    admin: str


@pytest.fixture
def scene(web: Web) -> Reported:
    account, owner = web.person()
    _, admin = web.person(Role.ADMIN)
    with web.database.transaction() as cursor:
        label = factories.label(cursor, "Testkettle")
        cursor.execute("delete from photo_reports where decision_id is null")  # of other tests
        photo = factories.verified_photo(
            cursor, label, owner=account, store=web.store, size=(900, 700)
        )
        factories.verified_photo(cursor, label, store=web.store)
        factories.publish_label_sets(cursor)
    return Reported(photo, owner, admin)


def look(page: Page, name: str) -> None:
    """Complain about the page; keep a picture of it where somebody wants to look at them."""
    assert complaints_about(page) == []
    if folder := os.environ.get("SCREENSHOTS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(folder, f"{name}-{width}.png"), full_page=True)


def report(page: Page, kind: str, words: str) -> None:
    page.get_by_text("Report this photo").click()
    page.get_by_label(kind).check()
    page.get_by_label("Anything we should know?").fill(words)
    look(page, "report")
    page.get_by_role("button", name="Send the report").click()


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
def test_a_visitor_reports_and_an_admin_decides(
    web: Web, scene: Reported, visit: Callable[..., Visit], size: tuple[int, int]
) -> None:
    path = f"/images/{scene.photo.image_id}"
    visitor, admin = visit(size[0]), visit(size[0])
    page = visitor.open(path)
    report(page, "It shows somebody or something private", "My house, with its number.")
    expect(page.get_by_role("heading", name="Thank you for your report")).to_be_visible()
    look(page, "reported")
    assert web.get(path).status_code == 200  # a visitor hides nothing
    member = web.person()[1]
    assert web.post(f"/api/v1{path}/reports", member, json={"kind": "private"}).json()["hidden"]
    assert web.get(path).status_code == 404

    desk = admin.open("/moderation")
    fill_sign_in(desk, scene.admin)
    case = desk.get_by_role("listitem").filter(has_text=scene.photo.image_id[:6])
    expect(case.get_by_text("Hidden")).to_be_visible()
    look(desk, "moderation")
    case.get_by_role("link").last.click()
    expect(desk.get_by_text("My house, with its number.")).to_be_visible()
    expect(desk.get_by_label("It shows somebody or something private")).to_be_checked()
    look(desk, "moderation-desk")
    desk.get_by_label("Your reason").fill("A house number can be read.")
    desk.get_by_role("button", name="Take it down").click()
    expect(desk.get_by_text("Nothing waits for a decision.")).to_be_visible()
    look(desk, "moderation-empty")
    assert admin.complaints == []

    sender = visit(size[0]).open("/notices")
    fill_sign_in(sender, scene.owner)
    expect(sender.get_by_text("A house number can be read.")).to_be_visible()
    assert web.get(path, scene.admin).status_code == 404
