"""An operator follows an import in a real browser, on a phone and at a desk."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from imagehub.catalogue.imports import imports
from imagehub.vocabulary import Label, Role
from spark_jobs import jobs
from tests.archives import folder_of
from tests.journeys.conftest import Visit
from tests.journeys.page_checks import complaints_about
from tests.journeys.sign_in import fill_sign_in
from tests.photos import jpeg
from tests.services.importing import ImportingHub
from tests.web_server import Web

SIZES = [(390, 844), (1280, 800)]


def look(page: Page, name: str) -> None:
    """Complain about the page; keep a picture of it where somebody wants to look at them."""
    assert complaints_about(page) == []
    if folder := os.environ.get("SCREENSHOTS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(folder, f"{name}-{width}.png"), full_page=True)


def hub_of(web: Web, tmp_path: Path) -> ImportingHub:
    """The web's hub, as commands and ingestion see it."""
    account, _ = web.person()
    with web.database.transaction() as cursor:
        cursor.execute("select mid, name from labels where name = 'Mug'")
        row = cursor.fetchone()
    url = web.settings.catalogue_url
    return ImportingHub(url, tmp_path / "hub/objects", account, Label(row.mid, row.name))


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
def test_an_operator_reads_the_report_retries_and_undoes(
    web: Web, visit: Callable[..., Visit], tmp_path: Path, size: tuple[int, int]
) -> None:
    hub, name = hub_of(web, tmp_path), f"mugs-{secrets.token_hex(4)}"
    source = folder_of(
        tmp_path / "mugs",
        {
            "Mug/1.jpg": jpeg(secrets.randbelow(10**9), 200, 150),
            "Mug/2.jpg": jpeg(7, 200, 150)[:2000],
            f"Thing {name}/3.jpg": jpeg(8, 200, 150),
        },
    )
    hub.bring(source, "--name", name, "--licence", "CC-BY-4.0")
    admin = web.person(Role.ADMIN)[1]
    page = visit(size[0]).open("/imports")
    fill_sign_in(page, admin)
    look(page, "imports")
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=f"Import {name}")).to_be_visible()
    expect(page.locator("dl.figures")).to_contain_text("Refused")
    reasons = page.get_by_role("region", name="Why rows were refused").first
    expect(reasons).to_contain_text("label_unknown")
    expect(reasons).to_contain_text("truncated")
    look(page, "import")
    page.get_by_role("link", name="Landed").click()
    expect(page.get_by_role("region", name="Rows", exact=True).first).to_contain_text("Mug/1.jpg")
    (source / "Mug/2.jpg").write_bytes(jpeg(secrets.randbelow(10**9), 200, 150))
    page.get_by_role("button", name="Try them again").click()
    expect(page.get_by_text("They will be tried again shortly.")).to_be_visible()
    jobs.execute("imports", hub.settings, None, hub.database, hub.store)
    hub.land_all()
    jobs.execute("imports", hub.settings, None, hub.database, hub.store)
    with web.database.transaction() as cursor:
        assert imports.get(cursor, name).rows == {"landed": 2, "refused": 1}
    page.reload()
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_role("alert")).to_have_text("Say that you are sure: tick the box.")
    page.get_by_label("Withdraw everything").check()
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("Being undone")).to_be_visible()
    jobs.execute("imports", hub.settings, None, hub.database, hub.store)
    page.reload()
    expect(page.get_by_text("Undone").first).to_be_visible()
    look(page, "import-undone")
