"""A real headless browser, and a hub with photos for it to look at."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from imagehub.vocabulary import Label, Role
from tests import factories
from tests.journeys.chromium import ARGUMENTS, CHROMIUM
from tests.journeys.phone import Phone
from tests.journeys.portal_data import PortalData, fill
from tests.journeys.sign_in import fill_sign_in
from tests.services.faulty_proxy import faulty_proxy
from tests.web_server import Web


@dataclass
class Visit:
    """A page in a browser window of its own, and all that went wrong in it."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a path of the hub and wait until it has loaded."""
        self.page.goto(self.url + path, wait_until="load")
        return self.page

    def sign_in(self, path: str, token: str) -> Page:
        """Go to a path by way of the form that asks who one is."""
        fill_sign_in(self.open(f"/sign-in?next={path}"), token)
        self.page.wait_for_url(f"**{path}")
        return self.page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, started once."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield running
        running.close()


@pytest.fixture
def visit(browser: Browser, web: Web) -> Iterator[Callable[..., Visit]]:
    """Open windows by width in CSS pixels; other options are those of a browser context."""
    contexts = []

    def start(width: int = 1280, **options: object) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        found = Visit(context.new_page(), web.url)
        found.page.set_default_timeout(10_000)
        listen(found)
        return found

    def listen(found: Visit) -> None:
        def foreign(url: str) -> bool:
            return not url.startswith((web.url, "data:"))

        page, note = found.page, found.complaints.append
        page.on("console", lambda line: line.type == "error" and note(line.text))
        page.on("pageerror", lambda error: note(str(error)))
        page.on("request", lambda asked: foreign(asked.url) and note(f"asked {asked.url}"))
        page.on("response", lambda got: got.status >= 400 and note(f"{got.status} {got.url}"))

    yield start
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def portal(web: Web) -> PortalData:
    """A hub with a few labels, photos, clusters, a subset and its releases."""
    owner, token = web.person(Role.CONTRIBUTOR)
    with web.database.transaction() as cursor:
        return fill(cursor, web.store, owner, token)


@pytest.fixture
def phone(browser: Browser, web: Web) -> Iterator[Phone]:
    with (
        TemporaryDirectory(prefix="phone-", ignore_cleanup_errors=True) as profile,
        faulty_proxy(web.settings.web_port) as network,
    ):
        made = Phone(browser.browser_type, Path(profile), network)
        yield made
        made.close()


@pytest.fixture
def mug(web: Web) -> Label:
    with web.database.transaction() as cursor:
        return factories.label(cursor, f"Testmug {uuid.uuid4().hex[:6]}")
