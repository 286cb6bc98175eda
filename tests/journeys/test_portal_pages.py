"""Every page at a phone's and a desktop's width, in light and dark, with a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.page_checks import complaints_about
from tests.journeys.portal_data import PortalData

PAGES: dict[str, Callable[[PortalData], str]] = {
    "front": lambda hub: "/",
    "labels": lambda hub: "/labels",
    "search": lambda hub: "/labels?q=test",
    "search without a find": lambda hub: "/labels?q=xyzzy",
    "label": lambda hub: f"/labels{hub.bird.mid}",
    "label, second page": lambda hub: f"/labels{hub.bird.mid}?cluster=0",
    "label without photos": lambda hub: f"/labels{hub.empty.mid}",
    "image": lambda hub: f"/images/{hub.image_id}",
    "subsets": lambda hub: "/subsets",
    "new subset": lambda hub: f"/subsets/new?labels={hub.bird.mid[1:]},{hub.owl.mid[1:]}",
    "subset": lambda hub: f"/subsets/{hub.subset}",
    "releases": lambda hub: "/releases",
    "release": lambda hub: f"/releases/{hub.release}",
    "failed release": lambda hub: f"/releases/{hub.failed_release}",
    "open release": lambda hub: f"/releases/{hub.open_release}",
    "contribute": lambda hub: "/contribute",
    "sign in": lambda hub: "/sign-in?next=/review",
    "sign up": lambda hub: "/sign-up",
    "sign in by a link": lambda hub: "/sign-in/link?secret=x",
    "API": lambda hub: "/docs",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_by_everybody(
    name: str, visit: Callable[..., Visit], portal: PortalData
) -> None:
    window = visit(360, color_scheme="light")
    page = window.open(PAGES[name](portal))
    assert complaints_about(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="dark")
    assert complaints_about(page) == []
    assert window.complaints == []


def test_the_checks_find_what_is_wrong(visit: Callable[..., Visit], portal: PortalData) -> None:
    page = visit(360).open("/contribute")
    page.evaluate(
        """() => {
          document.querySelector('h1').remove();
          document.querySelector('main').append(document.createElement('img'));
          document.querySelector('h3').style.minWidth = '700px';
          document.querySelector('h2').style.color = '#ccc';
          document.querySelector('main').append(document.createElement('input'));
        }"""
    )
    found = " ".join(complaints_about(page))
    for expected in (
        "wider than",
        "0 times h1",
        "no alt",
        "no size",
        "broken",
        "no label",
        "contrast",
    ):
        assert expected in found


def test_an_unknown_page_says_so_and_leads_on(
    visit: Callable[..., Visit], portal: PortalData
) -> None:
    page = visit(360).open("/no/such/page")
    assert complaints_about(page) == []
    assert page.get_by_role("heading", level=1).inner_text() == "Not Found"
    page.get_by_role("link", name="Browse labels").click()
    assert page.url.endswith("/labels")


def test_one_walks_by_keyboard_from_the_search_to_a_photo(
    visit: Callable[..., Visit], portal: PortalData
) -> None:
    window = visit()
    page = window.open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("testowl")
    page.keyboard.press("Enter")
    page.wait_for_url("**/labels?q=testowl")
    page.get_by_role("link", name="Testowl").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{portal.owl.mid}")
    assert page.get_by_role("heading", level=1).inner_text() == portal.owl.name
    page.locator(f'a[href="/images/{portal.image_id}"]').first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/images/{portal.image_id}")
    page.get_by_text("About 95 of 100 photos").wait_for()
    assert page.get_by_role("link", name=portal.keeper_id[:6]).first.is_visible()
    assert window.complaints == []


def test_a_labels_photos_go_page_by_page_and_back(
    visit: Callable[..., Visit], portal: PortalData
) -> None:
    window = visit()
    page = window.open(f"/labels{portal.bird.mid}")
    first = _photos(visit_page=page)
    page.get_by_role("link", name="Next").click()
    second = _photos(visit_page=page)
    assert (len(first), len(second)) == (48, 8)
    assert not set(first) & set(second)
    page.get_by_role("link", name="Previous").click()
    assert _photos(visit_page=page) == first
    page.get_by_role("link", name="Cluster 2").first.click()
    assert len(_photos(visit_page=page)) == 22
    assert window.complaints == []


def test_photos_keep_their_cells_whatever_their_shape(
    visit: Callable[..., Visit], portal: PortalData
) -> None:
    page = visit(360).open(f"/labels{portal.bird.mid}?cluster=1")
    boxes = [tile.bounding_box() for tile in page.locator(".tile img").all()[:9]]
    assert {(round(box["width"]), round(box["height"])) for box in boxes if box} == {
        (round(boxes[0]["width"]), round(boxes[0]["width"]))
    }


def _photos(visit_page: object) -> list[str]:
    tiles = visit_page.locator("ul[aria-label^='Photos of'] a")
    return [tile.get_attribute("href") for tile in tiles.all()]
