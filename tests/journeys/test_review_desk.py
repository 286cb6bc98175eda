"""The photo's page and the review desk in a real browser, on a phone and on a desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from imagehub.catalogue import duplicate_undos, reviews
from imagehub.vocabulary import Evidence, Finding, Label, Outcome, Role
from tests import factories
from tests.factories import Photo
from tests.journeys.conftest import Visit
from tests.journeys.page_checks import complaints_about
from tests.web_server import Web

SIZES = [(390, 844), (1280, 800)]


@dataclass(frozen=True)
class Desk:
    """Photos that wait, the least certain first; the first one has a copy."""

    waiting: tuple[Photo, ...]
    copy: Photo
    label: Label
    owner: str
    reviewer: str


@pytest.fixture
def desk(web: Web) -> Desk:
    account, owner = web.person()
    person, reviewer = web.person(Role.REVIEWER)
    with web.database.transaction() as cursor:
        cursor.execute(  # what other tests left waiting is answered
            "insert into reviews (image_id, label, account_id, answer)"
            " select image_id, label, %s, 'unsure' from verdicts where outcome = 'needs_review'",
            (str(person.id),),
        )
        rival = factories.label(cursor, "Testcamera")
        for _ in range(4):
            factories.verified_photo(cursor, rival, store=web.store)
        factories.publish_label_sets(cursor)
        label = factories.label(cursor, "Testmug")
        waiting = []
        for number in range(4):
            photo = factories.photo(cursor, label, owner=account, store=web.store, size=(900, 700))
            blurred = Finding("blurred", 0.1, "The photo is blurred: it has no sharp edge.")
            evidence = [
                Evidence("quality", None, blurred.sentence),
                Evidence(
                    "crowd", 0.2, "Looks like 1 of 9 others, more like Testcamera.", rival.mid
                ),
                Evidence("network", None, "The network has no word for Testmug."),
                Evidence("contributor", 0.97, "Of the 40 other photos 39 are right."),
            ]
            factories.checks(cursor, photo.image_id, [blurred])
            factories.verdict(
                cursor, photo.image_id, label, Outcome.NEEDS_REVIEW, 0.5 - number / 50, evidence,
                [one.sentence for one in evidence[:2]],
            )  # fmt: skip
            waiting.append(photo)
        copy = factories.photo(cursor, label, store=web.store)
        factories.duplicate(cursor, copy.image_id, waiting[0].image_id, 0.004)
    return Desk(tuple(waiting), copy, label, owner, reviewer)


def sign_in(page: Page, token: str) -> None:
    page.get_by_label("Access token").fill(token)
    page.get_by_role("button", name="Sign in").click()


def in_queue(image_id: str) -> re.Pattern[str]:
    """The address of a photo on the way through the queue."""
    return re.compile(rf"/images/{image_id}\?review=")


def answers(web: Web, photo: Photo) -> list[str]:
    with web.database.transaction() as cursor:
        return [str(one.answer) for one in reviews.of_image(cursor, photo.image_id)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_contributor_reads_why_and_what_to_do(
    visit: Callable[..., Visit], desk: Desk, width: int, height: int
) -> None:
    window = visit(width)
    page = window.page
    page.set_viewport_size({"width": width, "height": height})
    window.open(f"/sign-in?next=/images/{desk.waiting[0].image_id}")
    sign_in(page, desk.owner)
    card = page.get_by_role("region", name="Testmug")
    expect(card).to_contain_text("We are not sure that it shows Testmug: a person will look.")
    expect(card).to_contain_text("About 5 of 10 photos")
    for step in ("Send a sharper photo", "send the same photo again as Testcamera", "Or wait"):
        expect(card).to_contain_text(step)
    expect(card.get_by_label("Photos of Testcamera").get_by_role("link")).to_have_count(4)
    expect(page.get_by_role("button", name="Yes")).to_have_count(0)
    assert complaints_about(page) == []
    page.emulate_media(color_scheme="dark")
    assert complaints_about(page) == []
    assert window.complaints == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_reviewer_reviews_by_keyboard_and_takes_an_answer_back(
    web: Web, visit: Callable[..., Visit], desk: Desk, width: int, height: int
) -> None:
    window = visit(width)
    page = window.page
    page.set_viewport_size({"width": width, "height": height})
    window.open("/review")
    sign_in(page, desk.reviewer)
    page.wait_for_url("**/review")
    assert complaints_about(page) == []
    first, second, third = (photo.image_id for photo in desk.waiting[:3])
    page.keyboard.press("j")
    page.wait_for_url(in_queue(first))
    assert complaints_about(page) == []
    expect(page.get_by_role("button", name="Unsure")).to_be_in_viewport()
    page.keyboard.press("n")
    page.wait_for_url(in_queue(second))
    page.keyboard.press("y")
    page.wait_for_url(in_queue(third))
    assert (answers(web, desk.waiting[0]), answers(web, desk.waiting[1])) == (["no"], ["yes"])
    expect(page.get_by_text("You said yes to")).to_be_visible()
    assert complaints_about(page) == []
    page.keyboard.press("z")
    page.wait_for_url(re.compile(f"/images/{second}\\?review=[^&]*$"))
    assert answers(web, desk.waiting[1]) == []
    page.keyboard.press("u")
    page.wait_for_url(in_queue(third))
    assert answers(web, desk.waiting[1]) == ["unsure"]
    page.keyboard.press("j")
    page.wait_for_url(in_queue(desk.waiting[3].image_id))
    page.keyboard.press("k")
    page.wait_for_url(in_queue(third))
    assert window.complaints == []


def test_keys_do_nothing_while_one_writes(visit: Callable[..., Visit], desk: Desk) -> None:
    window = visit()
    path = f"/images/{desk.waiting[0].image_id}"
    window.open(f"/sign-in?next={path}")
    sign_in(window.page, desk.reviewer)
    window.page.wait_for_url(f"**{path}")
    window.page.get_by_role("searchbox", name="Search labels").first.focus()
    window.page.keyboard.type("yunz")
    expect(window.page.get_by_role("searchbox", name="Search labels").first).to_have_value("yunz")
    assert window.page.url.endswith(path)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_reviewer_parts_a_copy_and_takes_that_back_without_scripts(
    web: Web, visit: Callable[..., Visit], desk: Desk, width: int, height: int
) -> None:
    window = visit(width, java_script_enabled=False)
    page, keeper = window.page, desk.waiting[0].image_id
    page.set_viewport_size({"width": width, "height": height})
    window.open(f"/sign-in?next=/images/{keeper}")
    sign_in(page, desk.reviewer)
    group = page.get_by_role("region", name="The same photo, nearly")
    expect(group).to_contain_text("The pixels hardly differ.")
    group.get_by_role("button", name="These are different photos").click()
    expect(group).to_contain_text("they will be separated shortly")
    with web.database.transaction() as cursor:
        assert len(duplicate_undos.undone(cursor, [keeper])) == 1
    group.get_by_role("button", name="Take that back").click()
    expect(group.get_by_role("button", name="These are different photos")).to_be_visible()
    with web.database.transaction() as cursor:
        assert not duplicate_undos.undone(cursor, [keeper])
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert [one for one in window.complaints if "/images/" not in one] == []
