"""A label from being missed to being used: somebody proposes it, an admin accepts it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from imagehub.settings import Settings
from imagehub.vocabulary import Role
from spark_jobs import jobs
from tests import factories
from tests.journeys.conftest import Visit
from tests.journeys.page_checks import complaints_about
from tests.web_server import Web


@pytest.mark.parametrize("width", [390, 1280])
def test_one_proposes_a_label_and_an_admin_accepts_it(
    web: Web, visit: Callable[..., Visit], tmp_path: Path, width: int
) -> None:
    account, token = web.person()
    _, rules = web.person(Role.ADMIN)
    name = f"Teakettle {uuid.uuid4().hex[:5]}"
    with web.database.transaction() as cursor:
        photo = factories.photo(cursor, owner=account, store=web.store)
    window = visit(width)
    page = window.sign_in("/labels/proposals/new", token)
    page.get_by_label("Name").fill("Coffe cup")
    expect(page.locator("#alike").get_by_role("link", name="Coffee cup")).to_be_visible()
    assert complaints_about(page) == []
    page.get_by_label("Name").fill(name)
    page.get_by_label("What kind of thing is it?").fill("Kettle")
    page.get_by_label("Why is it needed?").fill("It is not for water only.")
    page.get_by_label(f"Photo {photo.image_id[:6]}").check()
    page.get_by_label("Name").press("Enter")
    page.wait_for_url("**/labels/proposals/*-*")
    address = page.url.removeprefix(web.url)
    expect(page.get_by_alt_text(f"Example {photo.image_id[:6]}")).to_be_visible()
    assert complaints_about(page) == []

    desk = visit(width)
    page = desk.sign_in(address, rules)
    assert complaints_about(page) == []
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("It is being done.")).to_be_visible()
    settings = Settings(data=tmp_path)
    jobs.execute("labels", settings, None, web.database, web.store)
    page = desk.open(address)
    page.get_by_role("link", name=f"See {name}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("region", name="History")).to_contain_text("Accepted")
    assert complaints_about(page) == []
    desk.open("/labels/proposals")
    assert complaints_about(page) == []

    page = window.open("/notices")
    page.get_by_role("link", name=f"Your label {name} is here.").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert window.complaints == desk.complaints == []
