"""The jobs as programs: killed in the middle, failing and told to stop."""

from __future__ import annotations

import signal
import time
from typing import Any

import psycopg2
import pytest

from imagehub.catalogue.database import Database
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from spark_jobs import jobs
from tests import factories
from tests.factories.uploads import Photo
from tests.spark.near_copies import copy_of, drawing, embedding
from tests.spark.programs import answer, jobs_program, wait_for

PUBLISHED = {
    "cluster": ("duplicates", "select count(*) from duplicates"),
    "organise": ("label_set_versions", "select coalesce(max(version), 0) from label_set_versions"),
    "release": ("releases", "select count(*) from releases"),
}


@pytest.fixture
def hub(database: Database, store: FolderStore) -> Database:
    """A photo, a copy of it, a published label set, one more verified photo, and a wish."""
    with database.transaction() as cursor:
        dog = factories.label(cursor, "Dog")
        original = drawing(1)
        for jpeg in (original, copy_of(original, "brighter")):
            made = factories.photo(cursor, dog, store=store, jpeg=jpeg, size=(320, 240))
            factories.checks(cursor, made.image_id, embedding=embedding(1))
            factories.verdict(cursor, made.image_id, dog)
        factories.publish_label_sets(cursor)
        factories.verified_photo(cursor, dog, store=store)
        factories.release_request(cursor, factories.subset(cursor, [dog], "dogs"))
    return database


@pytest.mark.parametrize("job", PUBLISHED)
def test_killed_before_it_publishes_it_changes_nothing_and_the_next_run_does_all(
    job: str, hub: Database, settings: Settings, store: FolderStore, spark: Any
) -> None:
    table, published = PUBLISHED[job]
    before = answer(hub, published)
    gate = psycopg2.connect(hub.url)
    gate.cursor().execute(f"lock table {table} in exclusive mode")
    with jobs_program(settings, job) as process:
        wait_for(lambda: answer(hub, "select count(*) from pg_locks where not granted") == 1)
        process.kill()
        process.wait()
    gate.rollback()
    gate.close()
    wait_for(
        lambda: (
            answer(hub, "select count(*) from pg_stat_activity where datname = current_database()")
            == 1
        )
    )
    assert answer(hub, published) == before
    assert answer(hub, f"select state from job_runs where job = '{job}' order by id desc") == (
        "running"
    )
    jobs.execute(job, settings, spark, hub, store)
    assert answer(hub, published) == before + 1  # type: ignore[operator]
    assert answer(hub, f"select error from job_runs where job = '{job}' and state = 'failed'")


def test_the_watcher_outlives_a_job_that_fails_and_stops_when_told(
    hub: Database, settings: Settings
) -> None:
    settings.signing_key.mkdir()  # no key can be read or made here
    with jobs_program(settings, "watch") as process:
        failed = "select count(*) from job_runs where job = 'release' and state = 'failed'"
        wait_for(lambda: answer(hub, failed) >= 2)  # type: ignore[operator]
        reason = answer(hub, "select error from job_runs where state = 'failed' limit 1")
        assert "signing-key.pem" in str(reason)
        settings.signing_key.rmdir()
        wait_for(lambda: answer(hub, "select count(*) from releases") == 1)
        process.send_signal(signal.SIGTERM)
        told_at = time.monotonic()
        assert process.wait(timeout=60) == 0
        assert time.monotonic() - told_at < 15
    log = (settings.data / "watch.log").read_text()
    assert "release failed and waits 1 s" in log
    assert "is done" in log


RUNS = "select count(*) from job_runs where job = '{}' and state = '{}'"
WAITERS = "select count(*) from pg_locks where not granted"


def test_a_job_that_needs_no_spark_is_done_while_a_verification_round_is_under_way(
    drawings: dict[str, list[Photo]], database: Database, settings: Settings
) -> None:
    gate = psycopg2.connect(database.url)
    gate.cursor().execute("lock table image_checks in exclusive mode")
    with jobs_program(settings, "watch"):
        wait_for(lambda: answer(database, WAITERS) > 0)  # type: ignore[operator]
        before = answer(database, RUNS.format("organise", "done"))
        with database.transaction() as cursor:
            factories.label(cursor, "Cat")
        wait_for(lambda: answer(database, RUNS.format("organise", "done")) > before)  # type: ignore[operator]
        assert answer(database, RUNS.format("verify", "running")) == 1
        gate.rollback()
        wait_for(lambda: answer(database, RUNS.format("verify", "done")) > 0)  # type: ignore[operator]
    gate.close()
    assert answer(database, "select count(*) from verdicts") == sum(map(len, drawings.values()))


def test_a_plain_job_that_hangs_stops_neither_verification_nor_the_end_of_the_program(
    drawings: dict[str, list[Photo]], database: Database, settings: Settings
) -> None:
    gate = psycopg2.connect(database.url)
    gate.cursor().execute("lock table coverage_cells in exclusive mode")
    with jobs_program(settings, "watch") as process:
        wait_for(lambda: answer(database, WAITERS) == 1)
        wait_for(lambda: answer(database, RUNS.format("verify", "done")) > 0)  # type: ignore[operator]
        assert answer(database, RUNS.format("coverage", "running")) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    gate.close()


@pytest.mark.parametrize("job", jobs.PLAIN_JOBS)
def test_a_plain_job_runs_where_spark_cannot_start(
    job: str, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", "/nonexistent")
    with jobs_program(settings, job) as process:
        assert process.wait(timeout=60) == 0
    assert answer(database, RUNS.format(job, "done")) == 1


def test_a_job_that_needs_spark_says_so_where_it_cannot_start(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", "/nonexistent")
    with jobs_program(settings, "verify") as process:
        assert process.wait(timeout=60) == 1
    assert "Java" in (settings.data / "verify.log").read_text()
