"""The photo's page and the review desk in a real browser, on a phone and on a desk."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from imagehub.catalogue.duplicates import duplicate_undos
from imagehub.catalogue.reviews import reviews
from imagehub.vocabulary import Evidence, Finding, Label, Outcome, Role
from tests import factories
from tests.factories import Photo
from tests.journeys.conftest import Visit
from tests.journeys.page_checks import complaints_about
from tests.journeys.sign_in import fill_sign_in
from tests.web_server import Web

SIZES = [(390, 844), (1280, 800)]
LOADED = """() => [...document.querySelectorAll('#stage img, #ahead img')].every(
  image => image.complete && image.naturalWidth > 0
)"""


@dataclass(frozen=True)
class Desk:
    """Photos that wait, the least certain first; the first one has a copy."""

    waiting: tuple[Photo, ...]
    copy: Photo
    label: Label
    owner: str
    reviewer: str
    helper: str


@pytest.fixture
def desk(web: Web) -> Desk:
    account, owner = web.person()
    _, reviewer = web.person(Role.REVIEWER)
    with web.database.transaction() as cursor:
        factories.empty_review_queue(cursor)
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
                [piece.sentence for piece in evidence[:2]],
            )  # fmt: skip
            waiting.append(photo)
        copy = factories.photo(cursor, label, store=web.store)
        factories.duplicate(cursor, copy.image_id, waiting[0].image_id, 0.004)
    return Desk(tuple(waiting), copy, label, owner, reviewer, web.person()[1])


def answers(web: Web, photo: Photo) -> list[str]:
    with web.database.transaction() as cursor:
        return [str(review.answer) for review in reviews.of_image(cursor, photo.image_id)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_contributor_reads_why_and_what_to_do(
    visit: Callable[..., Visit], desk: Desk, width: int, height: int
) -> None:
    window = visit(width)
    page = window.page
    page.set_viewport_size({"width": width, "height": height})
    window.open(f"/sign-in?next=/images/{desk.waiting[0].image_id}")
    fill_sign_in(page, desk.owner)
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


def at_the_desk(web: Web, window: Visit, token: str, height: int) -> Page:
    """The desk, once the photos after the present one are loaded."""
    page = window.page
    page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
    window.open("/review")
    fill_sign_in(page, token)
    page.wait_for_url("**/review")
    expect(page.locator("#ahead img")).to_have_count(3)
    page.wait_for_function(LOADED)
    return page


def asked(page: Page) -> str:
    """The id of the question that is shown."""
    return str(page.locator("#ask").get_attribute("data-question"))


def swipe(page: Page, by_pixels: int) -> None:
    """Draw a finger over the photo."""
    box = page.locator("#stage").bounding_box()
    assert box
    touch = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
    )
    for step in range(1, 6):
        point = {"x": x + by_pixels * step / 5, "y": y}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def given(web: Web, desk: Desk) -> list[str]:
    """All answers, sorted; asked again until the background has sent them."""
    return sorted(answer for photo in desk.waiting for answer in answers(web, photo))


def expect_answers(web: Web, desk: Desk, expected: list[str]) -> None:
    deadline = time.monotonic() + 30
    while given(web, desk) != expected and time.monotonic() < deadline:
        time.sleep(0.05)
    assert given(web, desk) == expected


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_contributor_answers_by_key_with_the_next_photo_loaded_and_takes_answers_back(
    web: Web, visit: Callable[..., Visit], desk: Desk, width: int, height: int
) -> None:
    window = visit(width)
    page = at_the_desk(web, window, desk.helper, height)
    assert complaints_about(page) == []
    for name in ("No", "Unsure", "Yes"):
        expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    first, fetched = asked(page), []
    page.on("request", lambda request: fetched.append(request.url))
    page.keyboard.press("n")
    expect(page.locator("#ask")).not_to_have_attribute("data-question", first)
    second, shown = asked(page), page.locator("#stage img")
    assert shown.evaluate("image => image.complete && image.naturalWidth > 0")
    assert not [url for url in fetched if url.endswith(f"{second}/photo.jpg")]
    page.keyboard.press("y")
    expect(page.get_by_role("status")).to_have_text("You said yes to Testmug.")
    expect_answers(web, desk, ["no", "yes"])
    page.keyboard.press("z")
    page.keyboard.press("z")
    expect(page.locator("#ask")).to_have_attribute("data-question", first)
    expect_answers(web, desk, [])
    for _ in range(3):
        page.keyboard.press("u")
    page.get_by_role("button", name="No").click()
    expect(page.get_by_text("There is no question for you now")).to_be_visible()
    assert given(web, desk) == ["no", "unsure", "unsure", "unsure"]
    assert complaints_about(page) == []
    page.keyboard.press("z")
    expect(page.get_by_role("button", name="Unsure")).to_be_visible()
    expect_answers(web, desk, ["unsure", "unsure", "unsure"])
    assert window.complaints == []


def test_a_thumb_swipes_right_for_yes_and_left_for_no_and_a_twitch_is_nothing(
    web: Web, visit: Callable[..., Visit], desk: Desk
) -> None:
    window = visit(390, has_touch=True, is_mobile=True)
    page = at_the_desk(web, window, desk.helper, 844)
    first = asked(page)
    page.get_by_role("button", name="Yes").tap()
    page.get_by_role("button", name="Undo").tap()
    expect_answers(web, desk, [])
    swipe(page, 30)
    assert asked(page) == first
    swipe(page, 160)
    expect(page.get_by_role("status")).to_have_text("You said yes to Testmug.")
    swipe(page, -160)
    expect(page.get_by_role("status")).to_have_text("You said no to Testmug.")
    expect_answers(web, desk, ["no", "yes"])
    page.get_by_role("button", name="Undo").click()
    expect_answers(web, desk, ["yes"])
    assert window.complaints == []


def test_an_answer_that_does_not_arrive_is_asked_again(
    web: Web, visit: Callable[..., Visit], desk: Desk
) -> None:
    window = visit(390)
    page = at_the_desk(web, window, desk.helper, 844)
    first = asked(page)
    page.context.set_offline(True)
    page.keyboard.press("y")
    expect(page.get_by_role("status")).to_have_text("That was not saved. Try again.")
    assert asked(page) == first
    page.context.set_offline(False)
    page.keyboard.press("y")
    expect_answers(web, desk, ["yes"])


def test_a_question_that_was_settled_meanwhile_is_let_go(
    web: Web, visit: Callable[..., Visit], desk: Desk
) -> None:
    page = at_the_desk(web, visit(390), desk.helper, 844)
    met = [asked(page)]
    page.keyboard.press("y")
    expect_answers(web, desk, ["yes"])
    met.append(asked(page))
    with web.database.transaction() as cursor:  # as dealing does, once others' answers agree
        cursor.execute("delete from review_questions where id = %s", (met[1],))
    page.keyboard.press("n")
    told = page.get_by_role("status")
    expect(told).to_have_text("That was settled meanwhile. You said yes to Testmug.")
    met.append(asked(page))
    assert len(set(met)) == 3
    with web.database.transaction() as cursor:  # too late to take it back
        cursor.execute("update reviews set reviewed_at = now() - interval '16 minutes'")
    page.keyboard.press("z")
    expect(told).to_have_text("That was settled meanwhile.")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    assert asked(page) == met[2]
    page.keyboard.press("u")
    expect_answers(web, desk, ["unsure", "yes"])


def test_who_was_signed_out_meanwhile_is_led_to_sign_in_and_asked_again(
    web: Web, visit: Callable[..., Visit], desk: Desk
) -> None:
    window = visit(390)
    page = at_the_desk(web, window, desk.helper, 844)
    first = asked(page)
    page.context.clear_cookies()
    page.keyboard.press("y")
    page.wait_for_url("**/sign-in?next=*")
    fill_sign_in(page, desk.helper)
    page.wait_for_url("**/review")
    assert asked(page) == first
    expect_answers(web, desk, [])


def test_without_scripts_each_answer_leads_to_the_next_question(
    web: Web, visit: Callable[..., Visit], desk: Desk
) -> None:
    window = visit(390, java_script_enabled=False)
    page = window.page
    window.open("/review")
    fill_sign_in(page, desk.helper)
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("You said yes to Testmug.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("You said")).to_have_count(0)
    assert given(web, desk) == []


def test_keys_do_nothing_while_one_writes(visit: Callable[..., Visit], desk: Desk) -> None:
    window = visit()
    path = f"/images/{desk.waiting[0].image_id}"
    window.open(f"/sign-in?next={path}")
    fill_sign_in(window.page, desk.reviewer)
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
    fill_sign_in(page, desk.reviewer)
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
    assert [complaint for complaint in window.complaints if "/images/" not in complaint] == []
