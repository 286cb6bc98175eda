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
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - told_at < 15
    log = (settings.data / "watch.log").read_text()
    assert "release failed and waits 1 s" in log
    assert "is done" in log
