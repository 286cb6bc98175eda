"""Real runs on two executors, from a phone: asked for, watched live, stopped, taken home, tried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from imagehub.photo import read_view
from tests.conftest import SHARED
from tests.journeys.training_watch import Watcher, watching
from tests.spark.programs import wait_for
from tests.training_hub import TrainingHub, crowd_photos, shipped_photos, some, training_hub
from training import dataset, export, processes
from training.dataset import ShardPhoto

LABELS, PHOTOS, EPOCHS, TRIED = 12, 20, 120, 6
TWO_EXECUTORS = "local-cluster[2,1,2048]"


def held_out(hub: TrainingHub) -> list[ShardPhoto]:
    """Some of the photos that the model has not seen."""
    keys = [key for key in hub.store.keys("training/shards/") if "/test-" in key]
    return [photo for key in keys for photo in dataset.photos(hub.store.get(key))][:TRIED]


@pytest.fixture(scope="module")
def hub() -> Iterator[TrainingHub]:
    with training_hub(SHARED / "models", TWO_EXECUTORS) as started:
        yield started


@pytest.fixture(scope="module")
def watcher(hub: TrainingHub, browser: Browser) -> Iterator[Watcher]:
    with watching(hub, browser) as watcher:
        yield watcher


@pytest.fixture(scope="module")
def release_id(hub: TrainingHub) -> str:
    crowd = SHARED / "crowd" / "dev"
    photos = crowd_photos(crowd) if crowd.is_dir() else shipped_photos()
    return hub.release(some(photos, LABELS, PHOTOS))


def require_nothing_left(hub: TrainingHub, run_id: str) -> None:
    """No process of the run lives on, and it has left no model."""
    wait_for(lambda: processes.alive(run_id) == [], 60)
    assert hub.model(run_id) is None


@pytest.mark.timeout(1800)
def test_a_run_is_shown_live_and_its_model_says_on_the_page_what_it_says_at_home(
    hub: TrainingHub, watcher: Watcher, release_id: str, tmp_path: Path
) -> None:
    run_id = watcher.asks(release_id, EPOCHS)
    with hub.trainer():
        watcher.sees_it_begin()
        watcher.sees_it_grow()
        watcher.sees_it_grow()
        assert watcher.never_loaded_it_anew()
        watcher.sees_its_model(run_id)
    metrics = hub.model(run_id).metrics
    assert metrics["heldout_accuracy"] >= 0.8
    assert metrics["tflite_agreement"] >= 0.97
    small = watcher.takes_home("model_int8.tflite", tmp_path)
    names = watcher.takes_home("labels.txt", tmp_path).decode().splitlines()
    jpegs = [photo.jpeg for photo in held_out(hub)]
    at_home = export.ask_tflite(small, [read_view(jpeg) for jpeg in jpegs], lambda: None)
    assert [watcher.tries(jpeg) for jpeg in jpegs] == [names[n] for n in at_home.argmax(1)]


@pytest.mark.timeout(1800)
def test_runs_on_two_executors_are_cancelled_from_their_pages_whatever_they_do(
    hub: TrainingHub, watcher: Watcher, release_id: str
) -> None:
    wanted = {"Waiting": 1, "Preparing": 1, "Training": 200, "Measuring": 1}
    runs = {state: watcher.asks(release_id, epochs) for state, epochs in wanted.items()}
    watcher.opens(runs.pop("Waiting"))
    watcher.cancels()
    with hub.trainer():
        for state, run_id in runs.items():
            watcher.opens(run_id)
            watcher.sees_it_is(state)
            if state == "Training":
                watcher.sees_it_grow()
            watcher.cancels()
            require_nothing_left(hub, run_id)
