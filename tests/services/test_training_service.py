"""The trainer and its queue: one run at a time, nothing hangs, nothing is left behind."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.training import training_progress, training_runs
from imagehub.catalogue.training.training_progress import CurveStep, Epoch
from tests import factories
from tests.queued_hub import FAILS, SLEEPS, Hub, started
from tests.spark.programs import wait_for
from training import processes
from training.reporting import Attempt, Reporter


@pytest.fixture
def hub(database: Database, catalogue_url: str, tmp_path: Path) -> Hub:
    return started(database, catalogue_url, tmp_path)


def test_a_cancelled_run_ends_at_once_and_leaves_no_process(hub: Hub) -> None:
    run_id = hub.queue()
    assert not hub.has_trainer()
    with hub.trainer(SLEEPS):
        wait_for(lambda: bool(processes.alive(run_id)), 20)
        assert hub.has_trainer()
        with hub.database.transaction() as cursor:
            assert training_runs.ask_to_cancel(cursor, run_id)
        wait_for(lambda: hub.state(run_id) == "cancelled", 20)
        assert processes.alive(run_id) == []


@pytest.mark.parametrize("state", ["training", "exporting"])
def test_a_run_is_cancelled_by_who_asked_for_it_in_whatever_state_it_is(
    hub: Hub, state: str
) -> None:
    with hub.database.transaction() as cursor:
        account = factories.account(cursor)
    run_id = hub.ask(account)
    with hub.trainer(SLEEPS):
        wait_for(lambda: bool(processes.alive(run_id)), 20)
        with hub.database.transaction() as cursor:
            assert training_runs.enter(cursor, run_id, 1, state, None)
            cursor.execute(
                "insert into training_cancels (request_id, account_id) values (%s, %s)",
                (run_id, str(account.id)),
            )
        wait_for(lambda: hub.state(run_id) == "cancelled", 20)
    assert processes.alive(run_id) == []
    with hub.database.transaction() as cursor:
        assert not training_runs.finish(cursor, run_id, 1, "done")
        assert not training_runs.ask_to_cancel(cursor, run_id)


def test_a_queued_run_is_cancelled_without_being_begun(hub: Hub) -> None:
    first, second = hub.queue(), hub.queue()
    with hub.trainer(SLEEPS):
        wait_for(lambda: hub.state(first) == "preparing", 20)
        with hub.database.transaction() as cursor:
            training_runs.ask_to_cancel(cursor, second)
        wait_for(lambda: hub.state(second) == "cancelled", 20)
        assert hub.run(second).attempt == 0
        assert hub.state(first) == "preparing"


def test_an_attempt_that_dies_is_tried_again_and_then_the_run_fails_with_the_reason(
    hub: Hub,
) -> None:
    run_id = hub.queue()
    with hub.trainer(FAILS):
        wait_for(lambda: hub.state(run_id) == "failed", 30)
    run = hub.run(run_id)
    assert (run.attempt, run.reason) == (3, "The attempt's process ended with status 1.")


def test_a_process_that_shows_no_progress_is_ended(hub: Hub) -> None:
    run_id = hub.queue()
    with hub.trainer(SLEEPS, process=1.0):
        wait_for(lambda: hub.run(run_id).attempt == 1, 20)
        with hub.database.transaction() as cursor:
            training_progress.seen(cursor, run_id, 1, "worker-1")
        wait_for(lambda: hub.run(run_id).attempt == 2, 20)
        assert "worker-1 showed no progress" in str(hub.run(run_id).reason)
    assert processes.alive(run_id) == []


def test_a_run_whose_trainer_was_killed_is_taken_over(hub: Hub) -> None:
    run_id = hub.queue()
    with hub.database.transaction() as cursor:
        training_runs.begin(cursor, run_id)
        cursor.execute("update training_runs set heartbeat_at = now() - interval '1 minute'")
    left = processes.start([sys.executable, "-c", SLEEPS], {}, run_id, hub.settings.data / "log")
    with hub.trainer(SLEEPS):
        wait_for(lambda: hub.run(run_id).attempt == 2, 20)
    assert left.wait(timeout=10) < 0


def test_two_trainers_never_hold_two_runs(hub: Hub) -> None:
    runs = [hub.queue(), hub.queue()]
    with hub.trainer(SLEEPS), hub.trainer(SLEEPS):
        wait_for(lambda: "preparing" in {hub.state(run) for run in runs}, 20)
        time.sleep(1.5)
        assert sorted(hub.state(run) for run in runs) == ["preparing", "queued"]


def test_a_trainer_that_is_told_to_stop_puts_its_run_back(hub: Hub) -> None:
    run_id = hub.queue()
    with hub.trainer(SLEEPS):
        wait_for(lambda: hub.state(run_id) == "preparing", 20)
    assert hub.state(run_id) == "queued"
    assert processes.alive(run_id) == []


def test_a_run_survives_any_number_of_orderly_stops_of_its_trainer(hub: Hub) -> None:
    run_id = hub.queue()
    for stopped in range(1, 5):
        with hub.trainer(SLEEPS):
            wait_for(lambda attempt=stopped: hub.run(run_id).attempt == attempt, 60)  # type: ignore[misc]  # bound default
        assert hub.state(run_id) == "queued"
    with hub.trainer(FAILS):
        wait_for(lambda: hub.state(run_id) == "failed", 90)
    run = hub.run(run_id)
    assert (run.attempt, run.excused) == (4 + 3, 4)


def test_who_used_the_trainer_less_today_comes_first(hub: Hub) -> None:
    with hub.database.transaction() as cursor:
        busy, new = factories.account(cursor), factories.account(cursor)
    done, waiting, newcomer = hub.ask(busy), hub.ask(busy), hub.ask(new)
    with hub.database.transaction() as cursor:
        cursor.execute(
            "update training_runs set state = 'done', started_at = now() - interval '1 hour',"
            " finished_at = now() where id = %s",
            (done,),
        )
        first = training_runs.next_queued(cursor)
        assert first is not None
        assert first.id == newcomer
        training_runs.finish(cursor, newcomer, 0, "cancelled")
        second = training_runs.next_queued(cursor)
        assert second is not None
        assert second.id == waiting


def test_an_earlier_attempt_changes_nothing_any_more(hub: Hub) -> None:
    run_id = hub.queue()
    with hub.database.transaction() as cursor:
        training_runs.begin(cursor, run_id)
        training_runs.requeue(cursor, run_id, 1, "It was cut short.")
        training_runs.begin(cursor, run_id)
        assert not training_runs.enter(cursor, run_id, 1, "training", 10)
        assert not training_runs.finish(cursor, run_id, 1, "done")
        assert training_runs.enter(cursor, run_id, 2, "training", 10)


def test_a_reporter_says_it_all_once_the_catalogue_is_back(hub: Hub) -> None:
    run_id = hub.queue()
    with hub.database.transaction() as cursor:
        training_runs.begin(cursor, run_id)
    own = Database(hub.database.url)
    with Reporter(own, Attempt(run_id, 1), "worker-0") as report:
        report.step(CurveStep(1, 2.0, 0.1))
        wait_for(lambda: _steps(hub, run_id) == 1, 10)
        with hub.database.transaction() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        report.step(CurveStep(2, 1.0, 0.2))
        report.epoch(Epoch(1, 0, 1.0, 0.2, 30.0, bytes(32)))
    assert _steps(hub, run_id) == 2
    with hub.database.transaction() as cursor:
        assert training_progress.epochs(cursor, run_id, 1) == [
            Epoch(1, 0, 1.0, 0.2, 30.0, bytes(32))
        ]
        assert training_progress.most_silent(cursor, run_id, 1) is None


def _steps(hub: Hub, run_id: str) -> int:
    with hub.database.transaction() as cursor:
        return len(training_progress.steps(cursor, run_id, 0, 100))
