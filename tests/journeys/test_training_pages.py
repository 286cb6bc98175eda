"""Training in a browser: the plan, the live run, the model; on a phone and on a desk."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from imagehub.catalogue.training import training_progress, training_runs
from imagehub.catalogue.training.training_progress import CurveStep
from imagehub.vocabulary import Account, Role
from tests import factories
from tests.factories import training as making
from tests.journeys.conftest import Visit
from tests.journeys.page_checks import complaints_about
from tests.web_server import Web, running_web

PATIENT_MS = 60_000
WIDTHS = (390, 1280)
STEPS = 160


@pytest.fixture(scope="module")
def release(web: Web) -> str:
    with web.database.transaction() as cursor:
        return making.trainable_release(cursor)[0]


@pytest.fixture
def premium(web: Web) -> tuple[Account, str]:
    return web.person(Role.PREMIUM)


def sign_in(window: Visit, token: str, path: str) -> Page:
    window.page.set_default_timeout(PATIENT_MS)
    return window.sign_in(path, token)


def advance(web: Web, run_id: str, first: int, last: int) -> None:
    """Write what workers say of these steps."""
    with web.database.transaction() as cursor:
        for step in range(first, last + 1):
            share = step / STEPS
            loss = 2.3 * math.exp(-3 * share) + 0.05 * math.sin(step)
            training_progress.add_step(
                cursor, run_id, CurveStep(step, loss, min(0.99, 0.2 + 0.8 * math.sqrt(share)))
            )
        training_runs.epoch_done(cursor, run_id, 1, last * 40 // STEPS)
        training_runs.report(cursor, run_id, 1, last, 118.0)


def begin(web: Web, run_id: str) -> None:
    """What the trainer does when it is the run's turn."""
    with web.database.transaction() as cursor:
        training_runs.queue_requests(cursor)
        training_runs.begin(cursor, run_id)
        training_runs.enter(cursor, run_id, 1, "training", STEPS)
        for note in ("The photos are made ready for training.", "2 workers train."):
            training_progress.note(cursor, run_id, note)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_run_is_planned_asked_for_watched_and_stopped(
    visit: Callable[..., Visit],
    web: Web,
    release: str,
    premium: tuple[Account, str],
    width: int,
    tmp_path: Path,
) -> None:
    window = visit(width)
    page = sign_in(window, premium[1], f"/releases/{release}")
    page.get_by_role("link", name="Train a model").click()
    page.wait_for_url("**/train")
    plan = page.locator("#plan")
    expect(plan).to_contain_text("Transfer")
    page.get_by_label("From scratch").check()
    expect(plan).to_contain_text("64 pixels")
    page.get_by_label("Epochs").fill("900")
    expect(plan).to_contain_text("This run cannot start")
    expect(plan.get_by_role("button", name="Train")).to_have_count(0)
    page.get_by_label("Epochs").fill("40")
    expect(plan.get_by_role("button", name="Train")).to_be_enabled()
    assert complaints_about(page) == []
    page.screenshot(path=tmp_path / f"plan-{width}.png", full_page=True)
    plan.get_by_role("button", name="Train").click()
    page.wait_for_url("**/training-runs/*")
    run_id = page.url.rpartition("/")[2]
    state = page.locator("#run-state")
    expect(state).to_contain_text("Waiting")
    begin(web, run_id)
    advance(web, run_id, 1, 30)
    expect(state).to_contain_text("Training")
    expect(page.get_by_text("Epoch 8 of 40")).to_be_visible()
    advance(web, run_id, 31, 100)
    expect(page.get_by_text("Epoch 26 of 40")).to_be_visible()
    expect(page.get_by_text("2 workers train.")).to_be_visible()
    assert complaints_about(page) == []
    page.screenshot(path=tmp_path / f"run-{width}.png", full_page=True)
    page.reload()
    expect(page.get_by_text("Epoch 26 of 40")).to_be_visible()
    page.get_by_role("button", name="Cancel the run").click()
    expect(page.get_by_text("It is being stopped.")).to_be_visible()
    with web.database.transaction() as cursor:
        training_runs.finish(cursor, run_id, 1, "cancelled")
    expect(state).to_contain_text("Cancelled")
    expect(page.get_by_role("link", name="Train again")).to_be_visible()
    assert [complaint for complaint in window.complaints if not complaint.startswith("422")] == []


def test_who_fills_the_form_before_its_script_has_come_sees_the_estimate_for_it(
    visit: Callable[..., Visit], release: str, premium: tuple[Account, str]
) -> None:
    window = visit(390)
    page = sign_in(window, premium[1], f"/releases/{release}")
    held: list[Route] = []
    page.route("**/train.js*", lambda route: held.append(route))
    page.goto(f"{window.url}/releases/{release}/train", wait_until="commit")
    page.get_by_label("Epochs").fill("33")
    held[0].continue_()
    expect(page.locator("#plan").get_by_text("33", exact=True)).to_be_visible()


def test_the_live_page_outlives_the_web_server(
    browser: Browser, web: Web, premium: tuple[Account, str], release: str, tmp_path: Path,
    free_port: Callable[[], int],
) -> None:  # fmt: skip
    account, token = premium
    settings = replace(web.settings, web_port=free_port())
    with web.database.transaction() as cursor:
        run_id = making.training_run(cursor, account, release)
    begin(web, run_id)
    context = browser.new_context()
    with running_web(settings, tmp_path) as first:
        page = sign_in(Visit(context.new_page(), first.url), token, f"/training-runs/{run_id}")
        advance(web, run_id, 1, 30)
        expect(page.get_by_text("Epoch 8 of 40")).to_be_visible(timeout=PATIENT_MS)
    expect(page.get_by_text("The hub does not answer.")).to_be_visible(timeout=PATIENT_MS)
    advance(web, run_id, 31, 100)
    with running_web(settings, tmp_path):
        expect(page.get_by_text("Epoch 26 of 40")).to_be_visible(timeout=PATIENT_MS)
        expect(page.get_by_text("The hub does not answer.")).to_be_hidden(timeout=PATIENT_MS)
        context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_models_page_is_read_and_the_model_tried(
    visit: Callable[..., Visit],
    web: Web,
    premium: tuple[Account, str],
    width: int,
    tmp_path: Path,
) -> None:
    account, token = premium
    with web.database.transaction() as cursor:
        wrong = [factories.verified_photo(cursor, store=web.store).image_id for _ in range(5)]
        factories.publish_label_sets(cursor)
        model = making.model(cursor, web.store, account, wrong)
    advance(web, model, 1, STEPS)
    window = visit(width)
    page = sign_in(window, token, f"/models/{model}")
    photo = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(photo, "JPEG")
    page.get_by_label("A photo").set_input_files(
        {"name": "white.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
    )
    guesses = page.locator("#guesses")
    expect(guesses.get_by_role("listitem")).to_have_count(3, timeout=PATIENT_MS)
    expect(guesses.get_by_role("listitem").first).to_contain_text("over 99 %")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="model_int8.tflite").click()
    assert Path(waiting.value.path()).read_bytes() == making.TINY_MODEL
    page.locator(".mistakes").scroll_into_view_if_needed()
    assert complaints_about(page) == []
    page.screenshot(path=tmp_path / f"model-{width}.png", full_page=True)
    page.get_by_label("A photo").set_input_files(
        {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()[:300]}
    )
    expect(guesses).to_contain_text("its data are damaged")
    assert [complaint for complaint in window.complaints if "422" not in complaint] == []
