"""The subset form: by keyboard, live, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit
from tests.journeys.page_checks import complaints_about
from tests.journeys.portal_data import PortalData
from tests.journeys.sign_in import fill_sign_in


def test_a_subset_is_made_by_keyboard_with_counts_that_follow(
    visit: Callable[..., Visit], portal: PortalData
) -> None:
    window = visit()
    page = window.sign_in("/subsets/new", portal.token)
    line = page.get_by_role("status")
    expect(line).to_contain_text("Choose a label")
    page.get_by_label("Find labels by name").focus()
    page.keyboard.type("testbird")
    choice = page.get_by_role("checkbox", name="Testbird")
    expect(choice).to_be_visible()
    choice.focus()
    page.keyboard.press("Space")
    expect(line).to_contain_text("55 photos")
    assert _focused(page) == "Testbird"
    page.get_by_label("Most photos per label").focus()
    page.keyboard.type("10")
    expect(line).to_contain_text("10 photos")
    page.get_by_label("train").fill("90")
    expect(page.get_by_text("add up to 100")).to_be_visible()
    page.get_by_label("validation").fill("0")
    expect(line).to_contain_text("10 photos")
    assert complaints_about(page) == []
    page.get_by_label("Name", exact=True).fill("made-by-keyboard")
    page.keyboard.press("Tab")
    assert _focused(page) == "Save subset"
    page.keyboard.press("Enter")
    page.wait_for_url("**/subsets/made-by-keyboard")
    expect(page.get_by_text("train 90 %, test 10 %")).to_be_visible()
    assert window.complaints == []


def test_the_form_works_without_scripts_and_a_visitor_signs_in_on_the_way(
    visit: Callable[..., Visit], portal: PortalData
) -> None:
    window = visit(360, java_script_enabled=False)
    page = window.open("/subsets/new")
    page.get_by_label("Find labels by name").fill("testowl")
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="Testowl").check()
    page.get_by_role("button", name="Count again").click()
    expect(page.get_by_role("status")).to_contain_text("3 photos")
    page.get_by_label("One of each").uncheck()
    page.get_by_role("button", name="Count again").click()
    expect(page.get_by_role("status")).to_contain_text("4 photos")
    page.get_by_label("Name", exact=True).fill("made-without-scripts")
    page.get_by_role("button", name="Sign in to save").click()
    fill_sign_in(page, portal.token)
    expect(page.get_by_role("status")).to_contain_text("4 photos")
    page.get_by_role("button", name="Save subset").click()
    page.wait_for_url("**/subsets/made-without-scripts")


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    visit: Callable[..., Visit], portal: PortalData
) -> None:
    path = f"/subsets/new?labels={portal.owl.mid[1:]}"
    page = visit(360).sign_in(path, portal.token)
    page.get_by_label("Name", exact=True).fill("Not A Name")
    page.get_by_role("button", name="Save subset").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("lower-case letters")
    name = page.get_by_label("Name", exact=True)
    expect(name).to_have_value("Not A Name")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("checkbox", name="Testowl")).to_be_checked()
    name.fill(portal.subset)
    page.get_by_role("button", name="Save subset").click()
    expect(alert).to_contain_text("a different one")
    assert complaints_about(page) == []


def test_a_release_is_asked_for_on_the_subsets_page(
    visit: Callable[..., Visit], portal: PortalData
) -> None:
    window = visit()
    page = window.open(f"/subsets/{portal.subset}")
    expect(page.get_by_text("The subset’s owner does")).to_be_visible()
    page = window.sign_in(f"/subsets/{portal.subset}", portal.token)
    page.get_by_role("button", name="Ask for a release").click()
    page.wait_for_url(re.compile(f"/releases/{portal.subset}-[0-9]+$"))
    expect(page.get_by_text("It is being made.")).to_be_visible()


def _focused(page: Page) -> str:
    text: str = page.evaluate(
        "(document.activeElement.labels?.[0]?.querySelector('span') ?? document.activeElement)"
        ".textContent.trim()"
    )
    return text
