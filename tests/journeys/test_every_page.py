"""Every page of `webapp/access.toml`, as everybody who may see it, in a real browser.

A page that needs a thing takes it from the world of `tests/access_world.py`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response

from deploy.demo.sample_crowd.scenes import shipped
from imagehub import photo
from imagehub.storage import keys
from tests import access_world, factories
from tests.access_cells import ALLOWED, TARGETS, VISITOR, Cell
from tests.access_world import World
from tests.journeys.axe import serious_faults
from tests.journeys.keyboard import faults_by_keyboard
from tests.journeys.page_checks import complaints_about
from tests.journeys.weight import Weight
from tests.web_server import Web
from webapp.http import access
from webapp.http.access import Route

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
SUBJECTS = {"admin": DESK, "reviewer": PHONE, "contributor": PHONE, VISITOR: PHONE}
"""Who looks at the pages, through a window of which size."""

MOST_SCRIPT_BYTES = 100_000
MOST_FIRST_VIEW_BYTES = 400_000
THUMBS = 50
WORD = re.compile("[0-9a-f]{64}")
"""Each session has its own in its forms."""

NO_PAGES = frozenset(
    {
        "/healthz",
        "/readyz",
        "/metrics",
        "/releases/<release_id>/download",
        "/models/<model_id>/files/<name>",
        "/review/questions",
    }
)


def is_page(route: Route) -> bool:
    """True for what people read; the last part of a file's address has a dot."""
    is_file = "." in route.rule.rpartition("/")[2] or route.rule.startswith("/static/")
    return not (route.method != "GET" or route.is_program or is_file or route.rule in NO_PAGES)


PAGES = [route for route in access.table().routes.values() if is_page(route)]


@dataclass
class Windows:
    """One window for each who looks, kept from page to page."""

    world: World
    browser: Browser
    _pages: dict[str, Page] = field(default_factory=dict)
    _weights: dict[str, Weight] = field(default_factory=dict)

    def open(self, cell: Cell) -> tuple[Page, Weight]:
        """Go to the cell's page; it must be there, and be a page."""
        page, weight = self._window(cell.subject)
        weight.reset()
        answer = page.goto(self.world.web.url + self.world.path(cell), wait_until="load")
        assert isinstance(answer, Response)
        wanting = f"{cell}: {answer.status}. Give tests/access_world.py what this page needs."
        assert answer.status == 200, wanting
        assert answer.headers["content-type"].startswith("text/html"), f"{cell} is no page"
        return page, weight

    def _window(self, subject: str) -> tuple[Page, Weight]:
        if subject not in self._pages:
            context = self.browser.new_context(
                viewport=SUBJECTS[subject], reduced_motion="reduce", service_workers="block"
            )
            if subject != VISITOR:
                secret = self.world.session(subject)
                cookie = {"name": "session", "value": secret, "url": self.world.web.url}
                context.add_cookies([cookie])
            page = context.new_page()
            page.set_default_timeout(60_000)
            self._pages[subject], self._weights[subject] = page, Weight(page)
        return self._pages[subject], self._weights[subject]

    def close(self) -> None:
        """Close all windows."""
        for page in self._pages.values():
            page.context.close()


@pytest.fixture(scope="module")
def windows(web: Web, browser: Browser) -> Iterator[Windows]:
    world = access_world.world(web)
    made = Windows(world, browser)
    yield made
    made.close()
    world.client.application.extensions["hub_resources"].database.close()


def cells_of(route: Route) -> list[Cell]:
    """The page as each sees it who may, with a thing that is for them."""
    found = []
    for subject in SUBJECTS:
        for target in TARGETS[route.thing.name] if route.thing else ("",):
            cell = Cell(route, subject, target)
            if cell.must_hear == ALLOWED and not (subject == VISITOR and target == "own"):
                found.append(cell)
                break
    return found


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.rule)
def test_everybody_can_use_every_page(windows: Windows, route: Route) -> None:
    """No serious fault for axe, by keyboard alone, and with few scripts."""
    seen = set()
    for number, cell in enumerate(cells_of(route)):
        page, weight = windows.open(cell)
        assert weight.script_bytes <= MOST_SCRIPT_BYTES, cell
        content = (str(page.viewport_size), WORD.sub("", page.locator("main").inner_html()))
        assert serious_faults(page, *(["main"] if content in seen else [])) == [], cell
        seen.add(content)
        if number == 0:  # admins see most; the others have the same elements
            assert faults_by_keyboard(page) == [], cell
            assert complaints_at_both_widths(page) == [], cell
            keep_pictures(page, route)


def complaints_at_both_widths(page: Page) -> list[str]:
    """What one trips over on a phone and at a desk."""
    found = []
    for name, size in (("phone", PHONE), ("desk", DESK)):
        page.set_viewport_size(size)
        found += [f"{name}: {complaint}" for complaint in complaints_about(page)]
    return found


def keep_pictures(page: Page, route: Route) -> None:
    """Write the page at both widths into the folder SCREENSHOTS, if somebody wants to look."""
    if folder := os.environ.get("SCREENSHOTS"):
        words = re.sub(r"[^a-z]+", "-", route.rule).strip("-") or "front"
        for name, size in (("phone", PHONE), ("desk", DESK)):
            page.set_viewport_size(size)
            page.screenshot(path=Path(folder, f"{words}-{name}.png"), full_page=True)
    page.set_viewport_size(SUBJECTS["admin"])


def test_an_error_can_be_read_by_everybody(windows: Windows, web: Web) -> None:
    page, _ = windows.open(Cell(access.table().route("GET", "/docs"), VISITOR, ""))
    page.goto(f"{web.url}/no/such/page")
    assert (serious_faults(page), faults_by_keyboard(page)) == ([], [])


def test_a_label_page_with_fifty_photos_is_light(windows: Windows, web: Web) -> None:
    with web.database.transaction() as cursor:
        label = factories.label(cursor)
        for scene in shipped().crowd[:: len(shipped().crowd) // THUMBS][:THUMBS]:
            made = factories.verified_photo(cursor, label)
            thumb = photo.land(scene.file.read_bytes()).thumb
            web.store.put(keys.thumb(made.photo_sha256), thumb.data)
        factories.publish_label_sets(cursor)
    context = windows.browser.new_context(viewport=DESK)
    page = context.new_page()
    weight = Weight(page)
    page.goto(f"{web.url}/labels{label.mid}")
    for tile in page.locator("main img").all():  # also those that wait to be scrolled to
        tile.scroll_into_view_if_needed()
    page.wait_for_function("[...document.images].every(image => image.naturalWidth)")
    shown = page.locator("main img").count()
    context.close()
    assert shown >= THUMBS - 2
    assert 2_000 * shown < weight.transferred_bytes <= MOST_FIRST_VIEW_BYTES * shown / THUMBS


def test_the_checks_find_what_is_wrong(windows: Windows) -> None:
    page, _ = windows.open(Cell(access.table().route("GET", "/sign-up"), VISITOR, ""))
    page.evaluate(
        """() => {
          const main = document.querySelector('main');
          main.append(document.createElement('select'));
          main.insertAdjacentHTML('beforeend', '<button id="out">x</button>');
          main.insertAdjacentHTML('beforeend', '<a href="/" id="same">y</a>');
          document.getElementById('out').tabIndex = 5;
          document.getElementById('same').style.outline = 'none';
          main.insertAdjacentHTML('beforeend', '<textarea aria-label="z"></textarea>');
          main.lastElementChild.addEventListener('keydown', event => event.preventDefault());
        }"""
    )
    assert "select-name" in " ".join(serious_faults(page))
    found = " ".join(faults_by_keyboard(page))
    for expected in ("comes too late", "looks the same", "does not lead on"):
        assert expected in found
