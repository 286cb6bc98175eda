"""What the app on a phone says of the photos that wait there, and of those that the hub has."""

from __future__ import annotations

import uuid
from collections import deque

from playwright.sync_api import Page, expect

from imagehub.characters import folded
from imagehub.vocabulary import MAX_PHOTO_BYTES, Label, UploadState
from tests import factories, photos
from tests.journeys.phone import MANY, Phone, pictures, sent_by
from tests.services.faulty_proxy import RESET
from tests.web_server import Web

KEEP_AS_SENT = """async ids => {
  const { add } = await import("/static/app/store.js");
  const photo = { state: "sent", sent_at: Date.now(), tries: 0, bytes: 1, label: { name: "Mug" } };
  await add(ids.map((id, order) => ({ photo: { ...photo, id, order } })));
}"""


def test_what_lies_below_fifty_newer_uploads_is_found_and_the_hub_is_asked_in_peace(
    phone: Phone, web: Web, mug: Label
) -> None:
    person, token = web.person()
    with web.database.transaction() as cursor:
        oldest = factories.photo(cursor, mug, owner=person)
        for _ in range(60):
            factories.photo(cursor, mug, owner=person)
    page = phone.start()
    phone.sign_in(token)
    page.get_by_role("link", name="My uploads", exact=True).click()
    kept = page.get_by_role("region", name="At the hub").locator("#upload-list > li")
    expect(kept).to_have_count(50)
    page.get_by_role("button", name="Show older ones").click()
    expect(kept).to_have_count(61)
    page.evaluate("import('/static/app/receipts.js').then(({ refresh }) => refresh())")
    expect(kept).to_have_count(61)

    page.reload()
    asked: list[str] = []
    page.on("request", lambda request: "/app/uploads?" in request.url and asked.append(request.url))
    page.evaluate(KEEP_AS_SENT, [str(oldest.upload_id), str(uuid.uuid4())])
    phone.wait_for_states("stored", number=1)
    page.wait_for_timeout(2_000)
    assert len(asked) < 16


def use_network(page: Page, kind: str) -> None:
    """Have the browser say which network it uses, as a phone does."""
    fast = {"offline": False, "latency": 1, "downloadThroughput": 1e8, "uploadThroughput": 1e8}
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.emulateNetworkConditions", {**fast, "connectionType": kind})


def test_a_photo_waits_while_its_owner_pauses_or_has_no_wifi(
    phone: Phone, web: Web, mug: Label
) -> None:
    person, token = web.person()
    phone.flags = ("--enable-blink-features=NetInfoDownlinkMax",)  # as on a phone
    page = phone.start()
    phone.sign_in(token)
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_label("Pause sending").check()
    page.get_by_label("Send by Wi-Fi only").check()
    page.get_by_role("link", name="Send", exact=True).click()
    phone.photograph(pictures([600]))
    phone.choose_label(mug.name)
    phone.send()
    status = page.get_by_role("status")
    expect(status).to_contain_text("1 photo waits. Sending is paused.")

    use_network(page, "cellular4g")
    page.get_by_role("link", name="My uploads 1").click()
    page.get_by_role("button", name="Go on").click()
    expect(status).to_contain_text("1 photo waits for Wi-Fi.")
    assert sent_by(web, person) == []
    use_network(page, "wifi")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go on").click()
    phone.wait_for_states("sent", "accepted", number=1)


def test_the_app_has_a_word_for_every_state_and_knows_which_change_no_more(phone: Phone) -> None:
    page = phone.start()
    words = "import('/static/app/words.js')"
    known = page.evaluate(f"{words}.then(({{ STATES }}) => Object.keys(STATES))")
    final = page.evaluate(f"{words}.then(({{ FINAL }}) => [...FINAL])")
    assert set(known) >= {str(state) for state in UploadState}
    assert set(final) == {str(state) for state in UploadState if state.is_final}


def test_a_search_that_answers_late_opens_no_list_over_the_button(phone: Phone, mug: Label) -> None:
    page = phone.start()
    phone.knows_label(mug.name)
    phone.photograph(pictures([700]))
    slow = page.context.new_cdp_session(page)
    calm = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    slow.send("Network.emulateNetworkConditions", {**calm, "latency": 2_000})
    with page.expect_response("**/app/labels?q=*"):
        with page.expect_request("**/app/labels?q=*"):
            page.get_by_role("combobox").fill(mug.name)
        page.get_by_role("option", name=mug.name).click()
    page.wait_for_timeout(300)
    expect(page.locator("#label-list")).to_be_hidden()
    expect(page.get_by_role("combobox")).to_have_value(mug.name)


SYNC_IN_BACKGROUND = """() => new Promise((resolve) => {
  const sync = Object.assign(new Event("sync"), { waitUntil: (work) => work.then(
    () => resolve("done"), (problem) => resolve(problem.message),
  ) });
  dispatchEvent(sync);
})"""


def test_the_browser_is_to_wake_the_worker_again_while_a_passing_trouble_keeps_photos_waiting(
    phone: Phone, web: Web, mug: Label
) -> None:
    _, token = web.person()
    page = phone.start()
    phone.sign_in(token)
    phone.is_kept_by_worker()
    phone.photograph(pictures([800]))
    phone.choose_label(mug.name)
    phone.network.faults = deque([503] * MANY)
    phone.send()
    expect(page.get_by_role("status")).to_contain_text("the hub is busy")
    worker = page.context.service_workers[0]
    # The window tries too: for an instant the photo may be being sent.
    assert "Photos wait: hub busy." in [worker.evaluate(SYNC_IN_BACKGROUND) for _ in range(3)]
    phone.network.faults.clear()
    phone.wait_for_states("sent", "accepted", number=1)
    assert worker.evaluate(SYNC_IN_BACKGROUND) == "done"


def test_the_app_goes_on_where_the_browser_dropped_its_database_or_refused_it_for_a_while(
    phone: Phone, web: Web, mug: Label
) -> None:
    page = phone.start()
    phone.sign_in(web.person()[1])
    address = {"origin": phone.url, "storageTypes": "indexeddb"}
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", address)
    phone.photograph(pictures([810]))

    page.evaluate(
        """async () => {
          const settled = (asking) => new Promise((done) => {
            asking.onsuccess = asking.onerror = () => done(asking.result);
          });
          (await settled(indexedDB.open("imagehub", 99))).close();
          const { photos } = await import("/static/app/store.js");
          dispatchEvent(new Event("offline"));  // draws
          await photos().catch(() => {});
          await settled(indexedDB.deleteDatabase("imagehub"));
        }"""
    )
    page.get_by_label("Take a photo").set_input_files(pictures([811]))
    expect(page.get_by_alt_text("Your photo 1")).to_be_visible()
    expect(page.locator("#draft-photos li")).to_have_count(1)


def test_what_finds_no_room_stays_a_draft_and_is_told_while_the_others_are_sent(
    phone: Phone, web: Web, mug: Label
) -> None:
    person, token = web.person()
    page = phone.start()
    phone.sign_in(token)
    phone.is_kept_by_worker()
    phone.knows_label(mug.name)
    large = photos.jpeg(821, 2400, 1800, quality=98)
    phone.photograph(pictures([820]))
    phone.photograph([{"name": "large.jpg", "mimeType": "image/jpeg", "buffer": large}])
    phone.close()  # a browser that writes already does not ask for its room again for a while

    phone.network.faults = deque([RESET] * MANY)
    page = phone.start(offline=True)
    phone.choose_label(mug.name)
    page.get_by_label("Make them smaller first").check()
    used = page.evaluate("navigator.storage.estimate().then(({ usage }) => usage)")
    session = page.context.new_cdp_session(page)
    quota = {"origin": phone.url, "quotaSize": used + 100_000}
    session.send("Storage.overrideQuotaForOrigin", quota)
    page.locator("#send-button").click()
    told = page.get_by_role("status")
    expect(told).to_contain_text("1 photo was not sent: the phone has no room left.")
    expect(told).to_contain_text("1 photo waits")
    expect(page.get_by_role("button", name="Send 1 photo as")).to_be_enabled()
    session.send("Storage.overrideQuotaForOrigin", {"origin": phone.url})
    phone.plug_in()
    phone.wait_for_states("sent", "accepted", number=1)
    phone.send()
    phone.wait_for_states("sent", "accepted", number=2)
    expect(told).not_to_contain_text("room")
    assert len(sent_by(web, person)) == 2


def test_a_photo_is_refused_on_the_phone_by_the_limit_that_the_hub_names(
    phone: Phone, web: Web, mug: Label
) -> None:
    _, token = web.person()
    page = phone.start()
    phone.sign_in(token)
    phone.knows_label(mug.name)
    draft = page.locator("#draft")
    assert draft.get_attribute("data-max-bytes") == str(MAX_PHOTO_BYTES)
    small, large = photos.jpeg(830, 320, 240), photos.jpeg(831, 1200, 900)
    draft.evaluate("(form, bytes) => { form.dataset.maxBytes = bytes; }", len(small))
    for name, photo in (("small.jpg", small), ("large.jpg", large)):
        phone.photograph([{"name": name, "mimeType": "image/jpeg", "buffer": photo}])
    phone.choose_label(mug.name)
    page.locator("#send-button").click()
    told = page.get_by_role("status")
    expect(told).to_contain_text("1 photo was not sent: larger than the hub takes.")
    phone.wait_for_states("sent", "accepted", number=1)


def test_a_draft_that_another_window_has_removed_is_skipped(phone: Phone) -> None:
    page = phone.start()
    phone.photograph(pictures([830]))
    told = page.evaluate(
        """async () => {
          const [{ queue }, { photos }] = await Promise.all(
            [import("/static/app/taking.js"), import("/static/app/store.js")]);
          const gone = { id: "gone", bytes: 1, type: "image/jpeg", state: "draft" };
          const words = { label: { name: "Mug" }, smaller: true };
          return [await queue([gone, ...(await photos())], words), (await photos()).length];
        }"""
    )
    assert told == [[], 1]
    assert phone.states() == ["waiting"]


def test_why_a_photo_was_not_withdrawn_is_told_until_it_is(
    phone: Phone, web: Web, mug: Label
) -> None:
    person, token = web.person()
    with web.database.transaction() as cursor:
        factories.photo(cursor, mug, owner=person)
    page = phone.start("/app#uploads")
    phone.sign_in(token)
    page.get_by_role("link", name="My uploads", exact=True).click()
    page.on("dialog", lambda dialog: dialog.accept())
    withdraw, told = page.get_by_role("button", name="Withdraw"), page.get_by_role("status")
    expect(withdraw).to_be_enabled()
    for fault, why in ((RESET, "The hub did not answer."), (503, "The hub is busy.")):
        phone.network.faults = deque([fault] * MANY)
        withdraw.click()
        expect(told).to_contain_text(f"The photo was not withdrawn. {why} Try again")
        expect(withdraw).to_be_enabled()
    phone.network.faults.clear()
    phone.forget_session()
    withdraw.click()
    expect(told).to_contain_text("The photo was not withdrawn. You are signed out. Sign in and")
    phone.sign_in(token)
    page.get_by_role("link", name="My uploads", exact=True).click()
    withdraw.click()
    expect(page.locator("#upload-list > [data-state=withdrawn]")).to_have_count(1)
    expect(told).to_have_text("")


def test_labels_are_found_without_accents_where_there_is_no_network(phone: Phone, web: Web) -> None:
    with web.database.transaction() as cursor:
        name = f"Crème brûlée {uuid.uuid4().hex[:6]}"
        factories.label(cursor, name)
    page = phone.start()
    phone.sign_in(web.person()[1])
    phone.is_kept_by_worker()
    known = page.evaluate(
        """async name => {
          const [{ learn }, { recall }] = await Promise.all(
            [import("/static/app/labels.js"), import("/static/app/store.js")]);
          await learn();
          return (await recall("labels")).all.some((one) => one.name === name);
        }""",
        name,
    )
    assert known
    phone.unplug()
    phone.photograph(pictures([840]))
    page.get_by_role("combobox", name="What is shown?").fill("creme BRULEE")
    expect(page.get_by_role("option", name=name)).to_be_visible()
    folded_there = page.evaluate(
        "names => import('/static/app/labels.js').then(({ fold }) => names.map(fold))", NAMES
    )
    assert folded_there == [folded(name) for name in NAMES]


NAMES = ["Straße", "Smørrebrød", "Łódź", "Ærø", "ŒUVRE", "İstanbul", "ｍug", "תפוח", "Þórður"]
