"""Training from the outside: what it would take, the gates and quotas, the run, its model."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest
from click.testing import CliRunner, Result

from imagehub.catalogue.database import Database
from imagehub.catalogue.training import training_progress, training_runs
from imagehub.catalogue.training.training_progress import CurveStep
from imagehub.catalogue.web_login import ROLE
from imagehub.cli import main
from imagehub.errors import Refused
from imagehub.vocabulary import Account, Role
from tests import factories
from tests.factories import training as making
from tests.signed_in import SignedIn
from tests.web_server import Web
from webapp.training import plans as training_plans


@pytest.fixture(scope="module")
def release(web: Web) -> str:
    with web.database.transaction() as cursor:
        return making.trainable_release(cursor)[0]


@pytest.fixture
def premium(web: Web) -> tuple[Account, str]:
    return web.person(Role.PREMIUM)


def imagehub(web: Web, token: str, *arguments: str) -> Result:
    environment = {"IMAGEHUB_SERVER": web.url, "IMAGEHUB_TOKEN": token}
    return CliRunner(env=environment).invoke(main, list(arguments))


def requests_of(web: Web, account: Account) -> int:
    with web.database.transaction() as cursor:
        cursor.execute(
            "select count(*) as n from training_requests where account_id = %s", (str(account.id),)
        )
        return int(cursor.fetchone().n)


def test_everybody_learns_beforehand_what_a_run_would_take(web: Web, release: str) -> None:
    path = f"/api/v1/releases/{release}/training-estimates"
    default = web.post(path, json={}).json()
    assert (default["problem"], default["config"]["base"]) == (None, "transfer")
    assert default["cluster_minutes"] > 0
    longer = web.post(path, json={"base": "scratch", "epochs": 200}).json()
    assert longer["seconds"] > default["seconds"]
    page = web.get(f"/releases/{release}/train?base=scratch&epochs=200").text
    assert f"about {longer['cluster_minutes']:.1f} cluster minutes" in page
    assert "Training is for premium accounts" in page
    assert f"/releases/{release}/train" in web.get(f"/releases/{release}").text


def test_who_asks_is_told_that_no_trainer_is_at_work(
    web: Web, release: str, premium: tuple[Account, str]
) -> None:
    account, token = premium
    with web.database.transaction() as cursor:
        run = making.training_run(cursor, account, release)
    browser, words = SignedIn(web, token), "No trainer is running on this hub now"
    pages = (f"/training-runs/{run}", f"/releases/{release}/train")

    def told() -> list[bool]:
        answers = [
            web.post(f"/api/v1/releases/{release}/training-estimates", json={}).json(),
            web.get(f"/api/v1/training-runs/{run}", token).json(),
        ]
        return [
            *(words not in browser.get(page).text for page in pages),
            *(answer["trainer_at_work"] for answer in answers),
        ]

    assert told() == [False] * 4
    assert "none is at work" in imagehub(web, token, "train", release, "--estimate").output
    with web.database.transaction() as cursor:
        training_runs.trainer_seen(cursor)
    assert told() == [True] * 4
    with web.database.transaction() as cursor:
        cursor.execute("update trainers set seen_at = now() - interval '10 minutes'")
    assert told() == [False] * 4


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"base": "magic"}, "base"),
        ({"epochs": 0, "base": "scratch"}, "epochs"),
        ({"epochs": 201}, "epochs"),
        ({"image_size_pixels": 64}, "image size"),
        ({"base": "scratch", "image_size_pixels": 50}, "steps of 16"),
        ({"augmentation": "crop"}, "crop"),
        ({"colour": "red"}, "colour"),
        ({"epochs": "7"}, "epochs"),
    ],
    ids=str,
)
def test_what_cannot_be_trained_is_refused_by_name(
    web: Web, release: str, wish: dict[str, object], said: str
) -> None:
    answer = web.post(f"/api/v1/releases/{release}/training-estimates", json=wish)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_a_release_with_too_few_photos_says_which_labels_are_short(
    web: Web, premium: tuple[Account, str]
) -> None:
    account, token = premium
    with web.database.transaction() as cursor:
        dog, cat = factories.label(cursor, "Poodle"), factories.label(cursor, "Cat")
        name = factories.subset(cursor, [dog, cat])
        thin = factories.release(
            cursor, name, {dog.mid: {"train": 30, "test": 5}, cat.mid: {"train": 4, "test": 1}}
        )
    estimate = web.post(f"/api/v1/releases/{thin}/training-estimates", json={}).json()
    assert estimate["labels_short"] == [{"label": "Cat", "photos": 5}]
    asked = web.post(f"/api/v1/releases/{thin}/training-runs", token, json={})
    assert (asked.status_code, asked.json()["code"]) == (422, "too_few_photos")
    assert "Cat (5)" in asked.json()["detail"]
    page = SignedIn(web, token).post(f"/releases/{thin}/training-runs")
    assert page.status_code == 422
    assert "Cat (5)" in page.text
    assert requests_of(web, account) == 0


def test_a_premium_account_asks_and_the_run_is_pinned_to_the_manifest(
    web: Web, release: str, premium: tuple[Account, str]
) -> None:
    _, token = premium
    asked = web.post(f"/api/v1/releases/{release}/training-runs", token, json={"epochs": 7})
    assert asked.status_code == 202
    run = asked.json()
    assert asked.headers["Location"] == f"/api/v1/training-runs/{run['id']}"
    assert (run["state"], run["config"]["epochs"], run["model"]) == ("queued", 7, None)
    frozen = web.get(f"/api/v1/releases/{release}").json()["manifest_sha256"]
    assert run["manifest_sha256"] == frozen
    with web.database.transaction() as cursor:
        training_runs.queue_requests(cursor)
        found = training_runs.find(cursor, run["id"])
    assert found is not None
    assert found.manifest_sha256.hex() == frozen
    _, nobody = web.person(Role.CONTRIBUTOR)
    refused = web.post(f"/api/v1/releases/{release}/training-runs", nobody, json={})
    assert refused.status_code == 403
    assert "premium" in refused.json()["detail"]


@pytest.mark.parametrize("left", [{"training_runs": 1}, {"training_minutes": 3}], ids=str)
def test_of_two_wishes_at_once_for_the_last_of_the_quota_one_is_written_down(
    web: Web, release: str, premium: tuple[Account, str], left: dict[str, int]
) -> None:
    account, _ = premium
    settings = replace(web.settings, **left)
    together = threading.Barrier(4)

    def ask(_: int) -> str:
        database = Database(web.database.url, role=ROLE).acting_for(account.id)
        together.wait()
        try:
            return training_plans.ask(database, settings, account, release, {})
        except Refused as error:
            return error.code
        finally:
            database.close()

    with ThreadPoolExecutor(4) as threads:
        said = list(threads.map(ask, range(4)))
    assert said.count("training_quota") == 3
    assert requests_of(web, account) == 1


def test_a_cancelled_run_that_never_began_gives_its_quota_back(
    web: Web, release: str, premium: tuple[Account, str]
) -> None:
    account, token = premium
    run = web.post(f"/api/v1/releases/{release}/training-runs", token, json={}).json()["id"]
    before = training_plans.quota(web.database, web.settings, account).used
    assert (before.runs, before.minutes > 1) == (1, True)
    stopped = web.post(f"/api/v1/training-runs/{run}/cancellation", token, json={}).json()
    assert (stopped["state"], stopped["cancel_asked"]) == ("cancelled", True)
    assert training_plans.quota(web.database, web.settings, account).used.runs == 0


@pytest.mark.parametrize(
    "state", ["queued", "preparing", "training", "exporting", "done", "failed", "cancelled"]
)
def test_cancelling_is_heard_in_every_state(
    web: Web, release: str, premium: tuple[Account, str], state: str
) -> None:
    account, token = premium
    with web.database.transaction() as cursor:
        run = making.training_run(cursor, account, release)
        if state != "queued":
            training_runs.begin(cursor, run)
            training_runs.enter(cursor, run, 1, "training" if state == "done" else "preparing", 10)
        if state in ("done", "failed", "cancelled"):
            training_runs.finish(cursor, run, 1, state, "It broke." if state == "failed" else None)
        elif state != "queued":
            training_runs.enter(cursor, run, 1, state, None)
    answer = SignedIn(web, token).post(f"/training-runs/{run}/cancellation")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/training-runs/{run}")
    with web.database.transaction() as cursor:
        to_stop = {state.id for state in training_runs.to_cancel(cursor)}
    has_ended = state in ("done", "failed", "cancelled")
    assert (run in to_stop) is not has_ended
    assert web.get(f"/api/v1/training-runs/{run}", token).json()["state"] == state


def test_the_runs_of_a_deleted_account_are_stopped(
    web: Web, release: str, premium: tuple[Account, str]
) -> None:
    _, token = premium
    browser, password = SignedIn(web, token), "correct horse battery staple"
    assert browser.post("/account/password", new=password).status_code == 303
    run = web.post(f"/api/v1/releases/{release}/training-runs", token, json={}).json()["id"]
    assert browser.post("/account/deletion", password=password).status_code == 303
    with web.database.transaction() as cursor:
        training_runs.queue_requests(cursor)
        assert run in {run.id for run in training_runs.to_cancel(cursor)}


def test_a_run_is_watched_from_the_queue_to_its_last_word(
    web: Web, release: str, premium: tuple[Account, str]
) -> None:
    account, token = premium
    browser = SignedIn(web, token)
    with web.database.transaction() as cursor:
        run = making.training_run(cursor, account, release, {"epochs": 4})
    page = f"/training-runs/{run}"
    assert "Waiting" in browser.get(page).text
    with web.database.transaction() as cursor:
        training_runs.begin(cursor, run)
        training_runs.enter(cursor, run, 1, "training", 40)
        training_runs.report(cursor, run, 1, 15, 32.0)
        for step in range(1, 16):
            training_progress.add_step(cursor, run, CurveStep(step, 2.0 / step, 1 - 1 / step))
        training_progress.note(cursor, run, "2 workers train.")
    text = browser.get(page).text
    assert "Epoch 2 of 4" in text
    assert "2 workers train." in text
    assert text.count("<polyline") == 2
    told = web.get(f"/api/v1/training-runs/{run}?behind_step=10", token).json()
    assert [point["step"] for point in told["curves"]] == [11, 12, 13, 14, 15]
    assert told["seconds_left"] == pytest.approx(25 * 64 / 32.0 + 45)
    with web.database.transaction() as cursor:
        training_runs.finish(cursor, run, 1, "failed", "A worker was lost & gone.")
    assert "A worker was lost &amp; gone." in browser.get(page).text
    assert run in browser.get("/training-runs").text


def test_requests_may_ask_and_never_answer(web: Web, premium: tuple[Account, str]) -> None:
    acting = Database(web.database.url, role=ROLE).acting_for(premium[0].id)
    for statement in (
        "update training_runs set state = 'queued'", "delete from models",
        "insert into training_notes (run_id, note) select id, 'x' from training_runs",
        "update training_requests set config = '{}'", "delete from training_cancels",
    ):  # fmt: skip
        with pytest.raises(psycopg2.errors.InsufficientPrivilege), acting.transaction() as cursor:
            cursor.execute(statement)
    acting.close()


def test_the_command_asks_follows_and_takes_home(
    web: Web, release: str, premium: tuple[Account, str], tmp_path: Path
) -> None:
    account, token = premium
    told = imagehub(web, token, "train", release, "--base", "scratch", "--estimate")
    assert "cluster minutes" in told.output
    assert requests_of(web, account) == 0
    asked = imagehub(web, token, "train", release, "--epochs", "3")
    run = asked.output.strip()
    assert run in imagehub(web, token, "training-run", "list").output
    assert "cancelled" in imagehub(web, token, "training-run", "cancel", run).output
    ended = imagehub(web, token, "training-run", "wait", run)
    assert ended.exit_code == 1
    with web.database.transaction() as cursor:
        model = making.model(cursor, web.store, account)
    fetched = imagehub(web, token, "model", "download", model, str(tmp_path))
    assert fetched.exit_code == 0, fetched.output
    assert (tmp_path / "model_int8.tflite").read_bytes() == making.TINY_MODEL
    photo = tmp_path / "bright.jpg"
    photo.write_bytes(making.plain_photo(240))
    said = json.loads(imagehub(web, token, "model", "try", model, str(photo), "--json").stdout)
    assert said[0]["probability"] > 0.9
    assert "0.889" in imagehub(web, token, "model", "show", model).output
