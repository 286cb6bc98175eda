"""A release becomes a model on two executors, although one of them is killed on the way."""

from __future__ import annotations

import csv
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from imagehub.catalogue import training_progress, training_runs
from imagehub.catalogue.database import Database
from imagehub.manifest import digest
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from imagehub.training_config import read
from imagehub.vocabulary import Label
from tests import factories
from tests.conftest import SHARED
from tests.labelled_release import labelled_release
from tests.spark.drawn_hub import draw
from tests.spark.programs import answer, wait_for
from training import processes
from training.service import Patience, Trainer

LABELS, PHOTOS = 12, 24
EPOCHS = 150
CROWD = SHARED / "crowd" / "dev"


def crowd_photos() -> dict[str, list[bytes]]:
    """Photos of the labels that the crowd's good uploads show most often."""
    found: dict[str, list[bytes]] = {}
    with (CROWD / "truth.csv").open() as rows:
        for row in csv.DictReader(rows):
            if row["kind"] == "good":
                photo = (CROWD / "photos" / f"{row['upload']}.jpg").read_bytes()
                found.setdefault(row["true_label"], []).append(photo)
    most = sorted(found, key=lambda name: (-len(found[name]), name))[:LABELS]
    return {name: found[name][:PHOTOS] for name in most}


def drawn_photos() -> dict[str, list[bytes]]:
    """Drawings, where the development data are not on this machine."""
    return {name: [draw(name, seed) for seed in range(PHOTOS)] for name in ("Circle", "Square")}


@pytest.fixture
def settings(catalogue_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data=tmp_path,
        catalogue_url=catalogue_url,
        storage_url=f"folder:{tmp_path / 'objects'}",
        models=SHARED / "models",
        spark_master="local-cluster[2,1,2048]",
        spark_memory="1g",
    )


def kill_a_worker(run_id: str) -> None:
    """SIGKILL one of the Python processes that train: the daemon's child that uses most memory."""
    trains = [pid for pid in processes.alive(run_id) if b"pyspark.daemon" in _command(pid)]
    os.kill(max(trains, key=_resident_pages), signal.SIGKILL)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _resident_pages(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0


def run_of(database: Database, run_id: str) -> training_runs.TrainingRun:
    with database.transaction() as cursor:
        found = training_runs.find(cursor, run_id)
    assert found is not None
    return found


def require_in_step(database: Database, run_id: str, attempt: int) -> None:
    """At every epoch's end both workers said the same loss and had the same weights."""
    with database.transaction() as cursor:
        epochs = training_progress.epochs(cursor, run_id, attempt)
    by_epoch: dict[int, list[training_progress.Epoch]] = {}
    for one in epochs:
        by_epoch.setdefault(one.epoch, []).append(one)
    assert all(len(both) == 2 for both in by_epoch.values())
    for both in by_epoch.values():
        assert len({(one.loss, one.weights_sha256) for one in both}) == 1


@pytest.mark.timeout(600)
def test_a_killed_worker_costs_no_more_than_an_epoch_and_the_model_is_good(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    store = FolderStore(str(tmp_path / "objects"))
    named = crowd_photos() if CROWD.is_dir() else drawn_photos()
    with database.transaction() as cursor:
        photos: dict[Label, Sequence[bytes]] = {
            factories.label(cursor, name): some for name, some in named.items()
        }
        release_id = labelled_release(cursor, store, photos)
        config = read({"epochs": EPOCHS, "learning_rate": 0.01}).model_dump(mode="json")
        run_id = str(training_runs.queue(cursor, release_id, config))
    trainer = Trainer(settings, Database(database.url), Patience(process=150.0))
    thread = threading.Thread(target=trainer.finish, args=(run_id,))
    thread.start()
    try:
        wait_for(lambda: run_of(database, run_id).epochs_done >= 3, 400)
        kill_a_worker(run_id)
        wait_for(lambda: run_of(database, run_id).attempt == 2, 90)
        safe = run_of(database, run_id).epochs_done
        wait_for(lambda: not thread.is_alive(), 400)
    finally:
        trainer.stop.set()
        thread.join(60)
    run = run_of(database, run_id)
    assert (run.state, run.attempt) == ("done", 2), run.reason
    assert processes.alive(run_id) == []
    require_in_step(database, run_id, 2)
    first = answer(database, "select min(epoch) from training_epochs where attempt = 2")
    assert int(str(first)) > 1
    assert int(str(first)) <= safe + 1
    require_model(database, store, run_id, len(named))


def require_model(database: Database, store: FolderStore, run_id: str, labels: int) -> None:
    """The model's files are what its row names, and it is right about photos it never saw."""
    with database.transaction() as cursor:
        cursor.execute("select labels, metrics, files from models where id = %s", (run_id,))
        model: Any = cursor.fetchone()
    assert len(model.labels) == labels
    files: Mapping[str, Mapping[str, Any]] = model.files
    assert set(files) == {"saved_model.tar", "model_int8.tflite", "labels.txt", "metrics.json"}
    for file in files.values():
        assert digest(store.get(str(file["key"]))).hex() == file["sha256"]
    assert model.metrics["heldout_accuracy"] >= 0.8
    assert model.metrics["tflite_agreement"] >= 0.97
    assert (
        sum(map(sum, model.metrics["heldout"]["confusion"])) == model.metrics["heldout"]["photos"]
    )
