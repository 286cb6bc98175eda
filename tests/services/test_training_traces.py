"""What the trainer leaves behind: logs, checkpoints, and a word to who asked."""

from __future__ import annotations

from pathlib import Path

import pyspark
import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.demands import notices
from imagehub.catalogue.training import training_runs
from imagehub.hub import open_store
from tests import factories
from tests.factories import training as making
from tests.queued_hub import FAILS, SLEEPS, Hub, started
from tests.spark.programs import wait_for
from training import last_words, session, telling
from training.task import checkpoint_key

CRASHES = """
import pathlib, sys
folder, note = map(pathlib.Path, {places!r})
(folder / "0").mkdir(parents=True)
(folder / "0" / "stderr").write_text("".join(f"line {{n}}\\n" for n in range(90)) + "SIGSEGV\\n")
note.parent.mkdir(parents=True, exist_ok=True)
note.touch()
sys.exit(1)
"""


@pytest.fixture
def hub(database: Database, catalogue_url: str, tmp_path: Path) -> Hub:
    return started(database, catalogue_url, tmp_path)


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


def test_who_asked_for_a_run_is_told_that_it_failed(hub: Hub) -> None:
    with hub.database.transaction() as cursor:
        account = factories.account(cursor)
    run_id = hub.ask(account)
    with hub.trainer(FAILS):
        wait_for(lambda: hub.state(run_id) == "failed", 30)
    with hub.database.transaction() as cursor:
        (told,) = notices.of_account(cursor, account.id, 2**62, 9)
    assert (told.kind, told.link) == ("training.failed", f"/training-runs/{run_id}")
    assert "status 1" in told.words


def test_whose_model_learned_from_a_withdrawn_photo_is_told_once(hub: Hub) -> None:
    with hub.database.transaction() as cursor:
        account = factories.account(cursor)
        model = making.model(cursor, open_store(hub.settings), account)
        cursor.execute(
            "insert into release_withdrawals (release_id, image_id, path, file_sha256, kind)"
            " select release_id, %s, 'train/x.jpg', %s, 'withdrawn' from training_runs"
            " where id = %s returning release_id",
            ("0" * 16, bytes(32), model),
        )
        release_id = cursor.fetchone().release_id
        for _ in range(2):
            telling.photos_withdrawn(cursor, release_id)
        telling.run_ended(cursor, model)
        done, withdrawn = notices.of_account(cursor, account.id, 2**62, 9)
    assert "1 photo was withdrawn since" in withdrawn.words
    assert (done.kind, done.link) == ("training.done", f"/models/{model}")


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
