"""The trainer and its queue: one run at a time, nothing hangs, nothing is left behind."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyspark
import pytest

from imagehub.catalogue import training_progress, training_read, training_runs
from imagehub.catalogue.database import Database
from imagehub.catalogue.training_progress import Epoch, Step
from imagehub.hub import open_store
from imagehub.settings import Settings
from imagehub.training_config import read
from imagehub.vocabulary import Account
from tests import factories
from tests.spark.programs import wait_for
from training import last_words, processes, session
from training.reporting import Attempt, Reporter
from training.service import Patience, Trainer
from training.task import checkpoint_key

SLEEPS = "import time; time.sleep(300)"
FAILS = "raise SystemExit(1)"
CRASHES = """
import pathlib, sys
folder, note = map(pathlib.Path, {places!r})
(folder / "0").mkdir(parents=True)
(folder / "0" / "stderr").write_text("".join(f"line {{n}}\\n" for n in range(90)) + "SIGSEGV\\n")
note.parent.mkdir(parents=True, exist_ok=True)
note.touch()
sys.exit(1)
"""
CONFIG = read({}).model_dump(mode="json")


@dataclass
class Hub:
    """A catalogue with one release, and the trainers' settings."""

    database: Database
    settings: Settings
    release_id: str

    def queue(self) -> str:
        with self.database.transaction() as cursor:
            return str(training_runs.queue(cursor, self.release_id, CONFIG))

    def state(self, run_id: str) -> str:
        return self.run(run_id).state

    def run(self, run_id: str) -> training_runs.TrainingRun:
        with self.database.transaction() as cursor:
            found = training_runs.find(cursor, run_id)
        assert found is not None
        return found

    def has_trainer(self) -> bool:
        with self.database.transaction() as cursor:
            return training_read.has_trainer(cursor)

    def ask(self, account: Account) -> str:
        """A request, as the web side writes it; the id of its run."""
        with self.database.transaction() as cursor:
            cursor.execute(
                "insert into training_requests (release_id, account_id, config)"
                " values (%s, %s, '{}') returning id::text",
                (self.release_id, str(account.id)),
            )
            request = cursor.fetchone().id
            training_runs.queue_requests(cursor)
            cursor.execute("select id::text from training_runs where request_id = %s", (request,))
            return str(cursor.fetchone().id)

    @contextmanager
    def trainer(self, program: str, **patience: float) -> Iterator[Trainer]:
        """A trainer whose attempts are this Python program."""
        trainer = Trainer(
            self.settings,
            Database(self.database.url),
            Patience(**patience),
            attempt=(sys.executable, "-c", program),
        )
        thread = threading.Thread(target=trainer.serve)
        thread.start()
        try:
            yield trainer
        finally:
            trainer.stop.set()
            thread.join(30)
            assert not thread.is_alive()


@pytest.fixture
def hub(database: Database, catalogue_url: str, tmp_path: Path) -> Hub:
    with database.transaction() as cursor:
        dog = factories.label(cursor, "Dog")
        factories.publish_label_sets(cursor)
        release = factories.release(
            cursor, factories.subset(cursor, [dog]), {dog.mid: {"train": 30, "test": 5}}
        )
    settings = Settings(data=tmp_path, catalogue_url=catalogue_url)
    return Hub(database, settings, release)


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


def test_what_executors_printed_last_before_an_attempt_failed_stays_in_its_log(hub: Hub) -> None:
    run_id = hub.queue()
    notes = session.notes_of(hub.settings)
    folder = Path(pyspark.__file__).parent / "work" / f"app-{run_id}"
    places = str(folder), str(notes / folder.name)
    with hub.trainer(CRASHES.format(places=places)):
        wait_for(lambda: hub.state(run_id) == "failed", 30)
    for attempt in (1, 2, 3):
        log = last_words.log_file(hub.settings, run_id, attempt).read_text()
        assert "executor 0" in log
        assert "line 89\nSIGSEGV" in log
        assert "line 20\n" not in log
    assert not folder.exists()
    assert not list(notes.iterdir())


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


def test_checkpoints_stay_until_their_run_has_ended(hub: Hub) -> None:
    done, goes_on, store = hub.queue(), hub.queue(), open_store(hub.settings)
    with hub.database.transaction() as cursor:
        training_runs.begin(cursor, done)
        training_runs.finish(cursor, done, 1, "done")
    for run_id in (done, goes_on):
        store.put(checkpoint_key(run_id, 3, 1), b"numbers")
    with hub.trainer(SLEEPS):
        wait_for(lambda: hub.state(goes_on) == "preparing", 20)
        assert list(store.keys("training/runs/")) == [checkpoint_key(goes_on, 3, 1)]


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
        report.step(Step(1, 2.0, 0.1))
        wait_for(lambda: _steps(hub, run_id) == 1, 10)
        with hub.database.transaction() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        report.step(Step(2, 1.0, 0.2))
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
