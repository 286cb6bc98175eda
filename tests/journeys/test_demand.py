"""A demand from asking to everybody told: one asks, one joins, one sends."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from imagehub.catalogue.accounts import credentials
from imagehub.vocabulary import Account, Label
from spark_jobs import jobs
from tests import factories, photos
from tests.journeys.conftest import Visit
from tests.journeys.page_checks import complaints_about
from tests.receiver import Receiver
from tests.services.landing import SmallHub
from tests.web_server import Web
from webapp.webhooks import service as webhooks

PHONE, DESK = 390, 1280


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.close()


def send_and_verify(web: Web, sender: Account, token: str, label: Label) -> None:
    """One photo through the API and ingestion; a verdict and a new version of the label sets."""
    sent = web.send(token, photos.jpeg(time.time_ns() % 10_000, 400, 300), label.mid, uuid.uuid4())
    assert sent.status_code == 202
    SmallHub(web.settings.catalogue_url, web.settings.data / "objects", sender, label).land_all()
    with web.database.transaction() as cursor:
        cursor.execute(
            "select image_id from uploads where account_id = %s order by settled_at desc limit 1",
            (str(sender.id),),
        )
        image_id = cursor.fetchone().image_id
        factories.checks(cursor, image_id)
        factories.verdict(cursor, image_id, label)
        factories.publish_label_sets(cursor)
    work(web, "demands")


def work(web: Web, job: str) -> None:
    settings = replace(web.settings, webhook_addresses="any")
    jobs.execute(job, settings, None, web.database, web.store)


def read_notice(window: Visit, demand: str, name: str) -> None:
    """From the mark on any page to the notice, the demand, and no mark any more."""
    page = window.open(demand)
    page.get_by_role("link", name="1 new notice").click()
    told = page.get_by_role("listitem").get_by_role("link", name="Target reached")
    expect(told).to_have_text(f"Target reached: the 2 photos of {name} that you wanted are here.")
    assert complaints_about(page) == []
    told.click()
    page.wait_for_url(f"**{demand}")
    page.get_by_role("link", name="1 new notice").click()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("link", name="Notices", exact=True)).to_be_visible()
    assert window.complaints == []


def test_one_asks_one_joins_one_sends_and_everybody_is_told(
    web: Web, visit: Callable[..., Visit], receiver: Receiver
) -> None:
    (account, asks), (fellow, joins), (sender, sends) = (web.person() for _ in range(3))
    name = f"Testkettle {uuid.uuid4().hex[:6]}"
    with web.database.transaction() as cursor:
        label = factories.label(cursor, name)
        credentials.set_password(cursor, fellow.id, "x")
        cursor.execute(
            "update credentials set email = %s where account_id = %s",
            (f"{fellow.name}@example.org", str(fellow.id)),
        )
    webhooks.add(web.database, account, receiver.url, any_address=True)

    first = visit(PHONE, reduced_motion="reduce")
    page = first.sign_in("/demands/new", asks)
    page.get_by_role("textbox", name="Label").fill(name.lower())
    page.get_by_label("How many photos").fill("2")
    page.get_by_label("Why, or what they should show").fill("Kettles on a stove.")
    assert complaints_about(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/demands/*-*")
    demand = page.url.removeprefix(web.url)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"2 photos of {name}")

    second = visit(DESK)
    page = second.sign_in(f"/labels{label.mid}", joins)
    page.get_by_role("link", name=name, exact=True).last.click()
    page.get_by_label("Also tell me by e-mail").check()
    page.get_by_role("button", name="I want them too").click()
    expect(page.get_by_text("2 people want this.")).to_be_visible()
    assert complaints_about(page) == []

    third = visit(PHONE)
    page = third.sign_in("/demands", sends)
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    send_and_verify(web, sender, sends, label)
    page = third.open(demand)
    expect(page.get_by_text("1 of 2 photos")).to_be_visible()
    page.get_by_role("link", name="Send photos").click()
    expect(page.get_by_text(f"Your next photos are sent as {name}.")).to_be_visible()
    send_and_verify(web, sender, sends, label)
    work(web, "deliver")
    page = third.open(demand)
    expect(page.get_by_text("Target reached", exact=True)).to_be_visible()
    assert complaints_about(page) == []

    for window in (first, second):
        read_notice(window, demand, name)
    ((_, body),) = receiver.got
    assert json.loads(body)["data"]["label_name"] == name
    letters = [
        letter for letter in (web.settings.data / "outbox").iterdir() if fellow.name in read(letter)
    ]
    assert len(letters) == 1


def read(letter: Path) -> str:
    return letter.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_who_asks_withdraws_by_keyboard_and_adds_a_webhook(
    web: Web, visit: Callable[..., Visit], width: int
) -> None:
    _, token = web.person()
    with web.database.transaction() as cursor:
        label = factories.label(cursor)
    window = visit(width)
    page = window.sign_in(f"/demands/new?label={label.mid}", token)
    page.get_by_label("Why, or what they should show").focus()
    page.keyboard.type("For a test.")
    page.keyboard.press("Enter")
    page.get_by_label("Reason").focus()
    page.keyboard.type("I have them now.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This demand was withdrawn")).to_be_visible()
    window.open("/account/webhooks")
    page.get_by_label("Address").fill("https://hooks.example.org/told")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Keep this secret now")).to_be_visible()
    assert complaints_about(page) == []
    page.get_by_role("button", name="Remove https://hooks.example.org/told").click()
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)
    assert window.complaints == []
