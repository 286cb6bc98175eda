"""The web app on a phone: it installs, and no photo that it has taken is lost or counts twice."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import uuid
from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from imagehub.vocabulary import Label
from tests import factories, photos
from tests.journeys.axe import serious_faults
from tests.journeys.conftest import Visit
from tests.journeys.keyboard import faults_by_keyboard
from tests.journeys.page_checks import complaints_about
from tests.journeys.phone import MANY, SIZE, Phone, pictures, sent_by
from tests.services.faulty_proxy import LOSE_ANSWER, PASS
from tests.web_server import Web

NUMBER = 20


def land(web: Web) -> None:
    subprocess.run(
        [sys.executable, "-m", "ingestion", "--until-empty"],
        env=web.settings.for_child(), check=True, timeout=120,
    )  # fmt: skip


def test_browsers_offer_to_install_it(phone: Phone) -> None:
    page = phone.start()
    phone.is_kept_by_worker()
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert found["url"].endswith("/app/manifest.webmanifest")
    assert found["errors"] == []
    # A window in which nothing is kept is the one complaint that a test's browser may have.
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []


def test_without_https_it_says_what_it_needs_and_takes_no_photos(
    visit: Callable[..., Visit], web: Web
) -> None:
    page = visit(390).page
    page.route(
        "http://hub.example/**",
        lambda route: route.fulfill(
            response=route.fetch(url=web.url + urlsplit(route.request.url).path)
        ),
    )
    page.goto("http://hub.example/app")
    expect(page.get_by_role("status")).to_contain_text("The app needs HTTPS (or 127.0.0.1). Ask")
    expect(page.get_by_label("Take a photo")).to_be_hidden()
    expect(page.get_by_role("link", name="My uploads")).to_be_hidden()
    assert complaints_about(page) == []


def test_twenty_photos_taken_offline_outlive_a_killed_browser_and_land_once(
    phone: Phone, web: Web, mug: Label
) -> None:
    person, token = web.person()
    page = phone.start()
    phone.sign_in(token)
    phone.is_kept_by_worker()
    phone.knows_label(mug.name)
    phone.unplug()
    page.reload()
    for number in range(NUMBER):
        phone.photograph(pictures([number]))
        if number == 0:
            phone.choose_label(mug.name)
        phone.send()
    phone.kill()

    page = phone.start(offline=True)  # the shell is the worker's; the network is still away
    assert phone.states() == ["waiting"] * NUMBER
    expect(page.get_by_role("status")).to_contain_text("20 photos wait for a network")
    assert sent_by(web, person) == []
    phone.forget_session()
    phone.plug_in()
    expect(page.get_by_role("status")).to_contain_text("20 photos wait until you sign in")
    assert sent_by(web, person) == []
    phone.sign_in(token)
    phone.wait_for_states("sent", "accepted", number=NUMBER)
    found = sent_by(web, person)
    assert (len(found), len(set(found))) == (NUMBER, NUMBER)
    assert {label for label, _ in found} == {mug.mid}
    land(web)
    phone.wait_for_states("stored", number=NUMBER)


def test_twenty_photos_reach_a_hub_that_drops_every_third_response_once(
    phone: Phone, web: Web, mug: Label
) -> None:
    person, token = web.person()
    phone.start()
    phone.sign_in(token)
    phone.network.faults = deque([PASS, PASS, LOSE_ANSWER] * MANY)
    phone.photograph(pictures(range(100, 100 + NUMBER)), "Choose photos")
    phone.choose_label(mug.name)
    phone.send()
    phone.wait_for_states("sent", "accepted", number=NUMBER, seconds=120)
    found = sent_by(web, person)
    assert (len(found), len(set(found))) == (NUMBER, NUMBER)


def assert_all_can_use(page: Page) -> None:
    """Nobody trips over the view as it is, on a phone or at a desk, by eye, ear or keyboard."""
    for size in ({"width": 1280, "height": 800}, SIZE):
        page.set_viewport_size(size)
        assert (complaints_about(page), serious_faults(page)) == ([], [])
    page.evaluate("document.body.tabIndex = -1; document.body.focus(); document.body.tabIndex = 0")
    page.evaluate("document.body.removeAttribute('tabindex')")  # the walk begins at the top
    assert faults_by_keyboard(page) == []


def test_the_first_photo_is_stored_three_taps_after_it_was_taken(
    phone: Phone, web: Web, mug: Label
) -> None:
    person, token = web.person()
    with web.database.transaction() as cursor:
        cursor.execute("delete from consents where account_id = %s", (str(person.id),))
    page = phone.start()
    expect(page.get_by_role("status")).to_contain_text("Sign in to send photos")
    assert_all_can_use(page)
    phone.sign_in(token)
    expect(page.get_by_role("heading", name="Before your first photo")).to_be_visible()
    assert_all_can_use(page)
    page.get_by_role("button", name="I accept the terms").click()
    expect(page.get_by_role("heading", name="Before your first photo")).to_be_hidden()

    phone.photograph(pictures([200]))
    field = page.get_by_role("combobox", name="What is shown?")
    field.click()
    field.press_sequentially(mug.name)
    expect(page.get_by_role("option", name=mug.name)).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert_all_can_use(page)
    field.click()  # the walk by keyboard has left the field and its list
    page.get_by_role("option", name=mug.name).click()
    page.get_by_role("button", name=f"Send 1 photo as {mug.name}").click()
    last = page.get_by_role("region", name="Last photos").get_by_role("listitem").first
    expect(last).to_contain_text("Accepted")
    land(web)
    expect(last).to_contain_text("Stored")
    assert_all_can_use(page)


def test_a_photo_stays_as_it_is_and_its_place_unsaid_unless_its_owner_wants(
    phone: Phone, web: Web, mug: Label
) -> None:
    person, token = web.person()
    here = {"latitude": 52.5167, "longitude": 13.3833}
    page = phone.start(geolocation=here, permissions=["geolocation"])
    phone.sign_in(token)
    asked: list[str] = []
    page.on(
        "request", lambda request: "/app/uploads?label" in request.url and asked.append(request.url)
    )
    large = photos.jpeg(300, 2600, 400, quality=98)
    files = [{"name": "large.jpg", "mimeType": "image/jpeg", "buffer": large}]
    for number in (1, 2):
        phone.photograph(files)
        if number == 1:
            phone.choose_label(mug.name)
        else:
            page.get_by_label("Make them smaller first").check()
            page.get_by_label("Say roughly where I am").check()
            expect(page.get_by_text("near 52.5°, 13.4°")).to_be_visible()
        phone.send()
        phone.wait_for_states("sent", "accepted", number=number)
    digests = [digest for _, digest in sent_by(web, person)]
    assert digests[0] == hashlib.sha256(large).digest()
    assert digests[1] != digests[0]
    assert "latitude" not in asked[0]
    assert "latitude=52.5&longitude=13.4" in asked[-1]


def test_labels_of_one_name_are_told_apart(phone: Phone, web: Web) -> None:
    name = f"Orange {uuid.uuid4().hex[:6]}"
    person, token = web.person()
    with web.database.transaction() as cursor:
        fruit, colour = (factories.label(cursor, name) for _ in range(2))
    page = phone.start()
    phone.sign_in(token)
    field = page.get_by_role("combobox", name="What is shown?")
    for number, wanted in enumerate((fruit, colour)):
        photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photos.jpeg(number)}
        phone.photograph([photo])
        field.fill(name)
        expect(page.get_by_role("option")).to_have_count(2)
        page.keyboard.press("Enter")  # chooses none of them, but goes to the first
        expect(field).to_be_focused()
        expect(page.get_by_role("option", selected=True)).to_have_count(1)
        page.get_by_role("option", name=f"0 photos, {wanted.mid}").click()
        phone.send()
    phone.wait_for_states("sent", "accepted", number=2)
    chips = page.locator("#recent button").filter(has_text=name)
    expect(chips).to_have_count(2)
    assert sorted(label for label, _ in sent_by(web, person)) == sorted((fruit.mid, colour.mid))


def test_my_uploads_tell_what_became_of_each_photo_and_take_it_back(
    phone: Phone, web: Web, mug: Label
) -> None:
    person, token = web.person()
    page = phone.start()
    phone.sign_in(token)
    twice = pictures([400])
    phone.photograph([*twice, *twice, *pictures([401])], "Choose photos")
    phone.choose_label(mug.name)
    phone.send()
    phone.wait_for_states("sent", "accepted", number=3)
    land(web)
    phone.wait_for_states("stored", number=3)
    page.get_by_role("link", name="My uploads", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My uploads")
    kept = page.get_by_role("region", name="At the hub").get_by_role("listitem")
    expect(page.get_by_text("It is this one:")).to_have_count(1)
    expect(page.get_by_alt_text("The photo that the hub had already")).to_be_visible()
    page.locator("summary").first.click()
    expect(kept.first).to_contain_text("Stored, ", use_inner_text=True)
    assert_all_can_use(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Withdraw").first.click()
    expect(page.locator("#upload-list > [data-state=withdrawn]")).to_have_count(1)
    page.get_by_role("link", name="Settings", exact=True).click()
    expect(page.get_by_text(f"Signed in as {person.name}")).to_be_visible()
    assert_all_can_use(page)
