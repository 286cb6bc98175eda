"""The web app on a phone: it installs, and no photo that it has taken is lost or counts twice."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, expect

from imagehub.vocabulary import Account, Label
from tests import factories
from tests.journeys.phone import MANY, Phone, pictures
from tests.services.faulty_proxy import LOSE_ANSWER, PASS, faulty_proxy
from tests.web_server import Web

NUMBER = 20


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


def sent_by(web: Web, person: Account) -> list[tuple[str, bytes]]:
    """The claimed label and digest of every upload that the hub has accepted."""
    with web.database.transaction() as cursor:
        cursor.execute(
            "select claimed_label, photo_sha256 from acceptances where account_id = %s",
            (str(person.id),),
        )
        return [(row.claimed_label, bytes(row.photo_sha256)) for row in cursor.fetchall()]


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
    assert [one["errorId"] for one in errors if one["errorId"] != "in-incognito"] == []


def test_twenty_photos_taken_offline_outlive_a_killed_browser_and_land_once(
    phone: Phone, web: Web, mug: Label
) -> None:
    person, token = web.person()
    page = phone.start()
    phone.sign_in(token)
    phone.is_kept_by_worker()
    page.wait_for_function(
        "name => import('/static/app/store.js').then(({ recall }) => recall('labels'))"
        ".then((found) => found?.all.some((one) => one.name === name))",
        arg=mug.name,
    )
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
