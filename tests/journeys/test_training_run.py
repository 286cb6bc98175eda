"""A release becomes a model on two executors, although whatever takes part is killed on the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from imagehub.manifest import digest
from tests.conftest import SHARED
from tests.spark.programs import wait_for
from tests.training_hub import (
    TrainingHub,
    crowd_photos,
    kill,
    shipped_photos,
    some,
    training_hub,
)
from training import processes
from training.last_words import log_file

LABELS, PHOTOS = 12, 20
TWO_EXECUTORS = "local-cluster[2,1,2048]"
DRIVER, EXECUTOR, WORKER = b"training.attempt", b"CoarseGrainedExecutorBackend", b"pyspark.daemon"
NOTICED_SECONDS = 60
ENDED_SECONDS = 400

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def hub() -> Iterator[TrainingHub]:
    with training_hub(SHARED / "models", TWO_EXECUTORS) as started:
        yield started


@pytest.fixture(scope="module")
def release_id(hub: TrainingHub) -> str:
    """Real photos where they are on this machine, and those that ship where they are not."""
    crowd = SHARED / "crowd" / "dev"
    photos = crowd_photos(crowd) if crowd.is_dir() else shipped_photos()
    return hub.release(some(photos, LABELS, PHOTOS))


def strike_in_training(hub: TrainingHub, run_id: str, program: bytes) -> int:
    """Kill a process of the run behind its next epoch; the next attempt begins in time.

    Answers how many epochs were safe before the kill.
    """
    before = hub.run(run_id).epochs_done
    wait_for(lambda: hub.run(run_id).epochs_done > before, ENDED_SECONDS)
    struck = hub.run(run_id)
    kill(run_id, program)
    wait_for(lambda: hub.run(run_id).attempt > struck.attempt, NOTICED_SECONDS)
    return struck.epochs_done


def require_done(hub: TrainingHub, run_id: str) -> None:
    """The run ends well, in step, leaving no process; its files are what its model's row names."""
    wait_for(lambda: hub.run(run_id).state in ("done", "failed", "cancelled"), 900)
    run = hub.run(run_id)
    assert run.state == "done", run.reason
    wait_for(lambda: processes.alive(run_id) == [], 30)
    said: dict[int, list[tuple[float, bytes]]] = {}
    for epoch in hub.epochs(run_id):
        said.setdefault(epoch.epoch, []).append((epoch.loss, epoch.weights_sha256))
    assert max(said) == run.epochs_done
    assert all(len(both) == 2 and len(set(both)) == 1 for both in said.values())
    files = hub.model(run_id).files
    assert set(files) == {"saved_model.tar", "model_int8.tflite", "labels.txt", "metrics.json"}
    for file in files.values():
        assert digest(hub.store.get(str(file["key"]))).hex() == file["sha256"]


def test_a_run_goes_on_without_a_worker_and_the_catalogue_and_its_model_is_good(
    hub: TrainingHub, release_id: str
) -> None:
    run_id = hub.queue(release_id, epochs=200)
    with hub.trainer():
        safe = strike_in_training(hub, run_id, WORKER)
        log = log_file(hub.settings, run_id, attempt=1).read_text(encoding="utf-8")
        assert "the last lines of executor 1" in log
        wait_for(lambda: bool(hub.epochs(run_id, attempt=2)), ENDED_SECONDS)
        hub.kill_postgres()
        require_done(hub, run_id)
    lost = max(epoch.epoch for epoch in hub.epochs(run_id, attempt=1))
    again = min(epoch.epoch for epoch in hub.epochs(run_id, attempt=2))
    assert 1 <= safe < again <= lost + 1
    metrics = hub.model(run_id).metrics
    assert metrics["heldout_accuracy"] >= 0.8
    assert metrics["tflite_agreement"] >= 0.97
    assert sum(map(sum, metrics["heldout"]["confusion"])) == metrics["heldout"]["photos"]


def test_a_run_from_scratch_goes_on_without_its_driver_and_an_executor(
    hub: TrainingHub, release_id: str
) -> None:
    run_id = hub.queue(release_id, base="scratch", image_size_pixels=32, epochs=6)
    with hub.trainer():
        wait_for(lambda: bool(processes.alive(run_id)), ENDED_SECONDS)
        kill(run_id, DRIVER)
        wait_for(lambda: hub.run(run_id).attempt == 2, NOTICED_SECONDS)
        strike_in_training(hub, run_id, EXECUTOR)
        require_done(hub, run_id)


def test_a_fine_tuning_run_goes_on_with_a_new_trainer(hub: TrainingHub, release_id: str) -> None:
    run_id = hub.queue(release_id, base="fine-tune", augmentation="mirror", epochs=1)
    with hub.trainer() as first:
        wait_for(lambda: hub.run(run_id).state == "training", ENDED_SECONDS)
        first.kill()
        wait_for(lambda: processes.alive(run_id) == [], NOTICED_SECONDS)
    with hub.trainer():
        wait_for(lambda: hub.run(run_id).attempt == 2, NOTICED_SECONDS)
        require_done(hub, run_id)
    assert hub.model(run_id).metrics["heldout_accuracy"] >= 0.8
