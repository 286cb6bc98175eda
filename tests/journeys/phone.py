"""A phone in a test: a browser with a profile of its own that can be killed and started again."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, BrowserType, Error, FilePayload, Page, expect

from imagehub.vocabulary import Account
from tests import photos
from tests.journeys.chromium import ARGUMENTS, CHROMIUM
from tests.journeys.sign_in import fill_sign_in
from tests.services.faulty_proxy import RESET, FaultyProxy
from tests.web_server import Web

SIZE = {"width": 390, "height": 844}
PATIENCE_MILLISECONDS = 30_000
MANY = 100_000


def pictures(seeds: Iterable[int]) -> list[FilePayload]:
    """Files as a phone's camera names them, each another photo."""
    return [
        {"name": f"IMG_{seed}.jpg", "mimeType": "image/jpeg", "buffer": photos.jpeg(seed, 320, 240)}
        for seed in seeds
    ]


@dataclass
class Phone:
    """A browser of a phone's size; `network` is the only way from it to the hub."""

    kind: BrowserType
    profile: Path
    network: FaultyProxy
    flags: tuple[str, ...] = ()
    page: Page = field(init=False)
    _context: BrowserContext = field(init=False)

    def __post_init__(self) -> None:
        self.url = f"http://127.0.0.1:{self.network.port}"

    def start(self, path: str = "/app", **options: object) -> Page:
        """Start the browser on this profile, and open a page."""
        self._context = self.kind.launch_persistent_context(
            str(self.profile), executable_path=CHROMIUM, args=[*ARGUMENTS, *self.flags],
            viewport=SIZE, reduced_motion="reduce", **options,
        )  # fmt: skip
        self.page = self._context.pages[0]
        self.page.set_default_timeout(PATIENCE_MILLISECONDS)
        self.page.goto(self.url + path)
        return self.page

    def kill(self) -> None:
        """End the browser with SIGKILL: all its processes name the profile."""
        mark = f"--user-data-dir={self.profile}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (folder / "cmdline").read_bytes().split(b"\0"):
                    os.kill(int(folder.name), signal.SIGKILL)
        self.close()
        (self.profile / "SingletonLock").unlink(missing_ok=True)

    def close(self) -> None:
        """End the browser, if it is there still."""
        with suppress(Error):
            self._context.close()

    def forget_session(self) -> None:
        """Lose the cookie, as after twelve hours."""
        self._context.clear_cookies()

    def unplug(self) -> None:
        """No network: the browser knows, and nothing reaches the hub."""
        self.network.faults = deque([RESET] * MANY)
        self._context.set_offline(True)

    def plug_in(self) -> None:
        """The network is back."""
        self.network.faults.clear()
        self._context.set_offline(False)

    def sign_in(self, token: str) -> None:
        """Sign in from the app's own link."""
        self.page.get_by_role("status").get_by_role("link", name="Sign in").click()
        fill_sign_in(self.page, token)
        self.page.wait_for_url("**/app")

    def is_kept_by_worker(self) -> None:
        """Wait until the service worker has the shell and answers for it."""
        self.page.wait_for_function(
            "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
        )

    def knows_label(self, name: str) -> None:
        """Wait until the label's name is kept on the phone."""
        self.page.wait_for_function(
            "name => import('/static/app/store.js').then(({ recall }) => recall('labels'))"
            ".then((found) => found?.all.some((one) => one.name === name))",
            arg=name,
        )

    def photograph(self, files: list[FilePayload], source: str = "Take a photo") -> None:
        """Hand files over as the camera or the gallery does, and wait until they are kept."""
        kept = self.page.locator("#draft-photos li")
        before = kept.count()
        self.page.get_by_label(source).set_input_files(files)
        expect(kept).to_have_count(before + len(files))

    def choose_label(self, name: str) -> None:
        """Type a label's name and take the first that is offered."""
        self.page.get_by_role("combobox", name="What is shown?").fill(name)
        self.page.get_by_role("option", name=name).first.click()

    def send(self) -> None:
        """Press the button that sends, and wait until the photos are in the queue."""
        self.page.locator("#send-button").click()
        expect(self.page.locator("#draft")).to_be_hidden()

    def states(self) -> list[str]:
        """The states of all photos that the phone keeps, in words of its own."""
        found: list[str] = self.page.evaluate(
            """async () => {
              const { photos } = await import("/static/app/store.js");
              return (await photos()).map((photo) => photo.receipt ?? photo.state);
            }"""
        )
        return found

    def wait_for_states(self, *wanted: str, number: int, seconds: float = 60) -> None:
        """Wait until so many photos are in one of the states."""
        deadline = time.monotonic() + seconds
        while sum(state in wanted for state in self.states()) < number:
            assert time.monotonic() < deadline, self.states()
            self.page.wait_for_timeout(100)


def sent_by(web: Web, person: Account) -> list[tuple[str, bytes]]:
    """The claimed label and digest of every upload that the hub has accepted, in that order."""
    with web.database.transaction() as cursor:
        cursor.execute(
            "select claimed_label, photo_sha256 from acceptances where account_id = %s"
            " order by accepted_at",
            (str(person.id),),
        )
        return [(row.claimed_label, bytes(row.photo_sha256)) for row in cursor.fetchall()]
