"""A premium person with a phone at a training hub: asks, watches, takes home, tries."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect

from deploy.local.preflight import free_port
from imagehub.vocabulary import Role
from tests.journeys.sign_in import fill_sign_in
from tests.training_hub import TrainingHub
from tests.web_server import Web, running_web

PATIENT_MS = 400_000
PHONE: ViewportSize = {"width": 390, "height": 844}


@dataclass
class Watcher:
    """The person's page; it is never loaded anew while a run is watched."""

    page: Page
    web: Web

    def asks(self, release_id: str, epochs: int) -> str:
        """Ask for a transfer run on the release's page; returns its id."""
        self.page.goto(f"{self.web.url}/releases/{release_id}")
        self.page.get_by_role("link", name="Train a model").click()
        plan = self.page.locator("#plan")
        self.page.get_by_label("Epochs").fill(str(epochs))
        expect(plan.get_by_text(str(epochs), exact=True)).to_be_visible(timeout=PATIENT_MS)
        plan.get_by_role("button", name="Train").click()
        self.page.wait_for_url("**/training-runs/*")
        expect(self.page.locator("#run-state")).to_contain_text("Waiting")
        self.page.evaluate("window.watchedSince = 'the queue'")
        return self.page.url.rpartition("/")[2]

    def sees_it_begin(self) -> None:
        """The run leaves the queue."""
        expect(self.page.locator("#run-state")).not_to_contain_text("Waiting", timeout=PATIENT_MS)

    def sees_it_grow(self) -> None:
        """More epochs, and longer curves, than a moment before."""
        epochs, points = self._epochs(), self._points()
        self.page.wait_for_function(
            "([epochs, points]) => parseInt(document.querySelector('#run-figures dd').textContent)"
            " > epochs && (document.querySelector('#loss polyline')?.points.length ?? 0) > points",
            arg=[epochs, points],
            timeout=PATIENT_MS,
        )
        accuracy = self.page.locator("#accuracy strong").inner_text()
        assert 0 <= float(accuracy.removesuffix(" %")) <= 100

    def opens(self, run_id: str) -> None:
        """Go to a run's page."""
        self.page.goto(f"{self.web.url}/training-runs/{run_id}")

    def sees_it_is(self, state: str) -> None:
        """The run has come to a state, as its page calls it."""
        expect(self.page.locator("#run-state")).to_contain_text(state, timeout=PATIENT_MS)

    def cancels(self) -> None:
        """Stop the run, and see that it was stopped."""
        self.page.get_by_role("button", name="Cancel the run").click()
        self.sees_it_is("Cancelled")

    def sees_its_model(self, run_id: str) -> None:
        """The run is done; its model's page tells how right it is."""
        self.page.get_by_role("link", name="See the model").click(timeout=PATIENT_MS)
        assert self.page.url.endswith(f"/models/{run_id}")
        figures = self.page.locator(".figures").inner_text()
        shares = [float(found) for found in re.findall(r"([0-9.]+) %", figures)]
        assert len(shares) == 3
        assert shares[0] >= 80

    def never_loaded_it_anew(self) -> bool:
        """True while the page is the one on which the run was asked for."""
        return bool(self.page.evaluate("window.watchedSince === 'the queue'"))

    def takes_home(self, name: str, folder: Path) -> bytes:
        """Download a file from the model's page, and hold it against the checksum beside it."""
        with self.page.expect_download() as waiting:
            self.page.get_by_role("link", name=name).click()
        data = Path(waiting.value.path()).read_bytes()
        row = self.page.get_by_role("listitem").filter(has_text=name)
        assert hashlib.sha256(data).hexdigest() in row.inner_text()
        (folder / name).write_bytes(data)
        return data

    def tries(self, photo: bytes) -> str:
        """The label that the model holds likeliest for a photo."""
        self.page.evaluate("document.getElementById('guesses').replaceChildren()")
        self.page.get_by_label("A photo").set_input_files(
            {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo}
        )
        first = self.page.locator("#guesses li span").first
        first.wait_for(timeout=PATIENT_MS)
        return first.inner_text()

    def _epochs(self) -> int:
        return int(self.page.locator("#run-figures dd").first.inner_text().split()[0])

    def _points(self) -> int:
        found: int = self.page.evaluate(
            "document.querySelector('#loss polyline')?.points.length ?? 0"
        )
        return found


@contextmanager
def watching(hub: TrainingHub, browser: Browser) -> Iterator[Watcher]:
    """A person who is signed in at the hub's portal, with a phone."""
    settings = replace(hub.settings, web_port=free_port(), limit_factor=1000)
    context = browser.new_context(viewport=PHONE)
    with running_web(settings, hub.settings.data) as web:
        _, token = web.person(Role.PREMIUM)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{web.url}/sign-in?next=/releases")
        fill_sign_in(page, token)
        page.wait_for_url("**/releases")
        yield Watcher(page, web)
        context.close()
