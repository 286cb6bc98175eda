"""A real run on two executors, from a phone: asked for, watched live, taken home, tried."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from imagehub.photo import read_view
from tests.conftest import SHARED
from tests.journeys.training_watch import watching
from tests.training_hub import TrainingHub, crowd_photos, shipped_photos, some, training_hub
from training import dataset, export
from training.dataset import Photo

LABELS, PHOTOS, EPOCHS, TRIED = 12, 20, 120, 6
TWO_EXECUTORS = "local-cluster[2,1,2048]"


def held_out(hub: TrainingHub) -> list[Photo]:
    """Some of the photos that the model has not seen."""
    keys = [key for key in hub.store.keys("training/shards/") if "/test-" in key]
    return [photo for key in keys for photo in dataset.photos(hub.store.get(key))][:TRIED]


@pytest.mark.timeout(1800)
def test_a_run_is_shown_live_and_its_model_says_on_the_page_what_it_says_at_home(
    browser: Browser, tmp_path: Path
) -> None:
    crowd = SHARED / "crowd" / "dev"
    photos = crowd_photos(crowd) if crowd.is_dir() else shipped_photos()
    with training_hub(SHARED / "models", TWO_EXECUTORS) as hub, watching(hub, browser) as watcher:
        run_id = watcher.asks(hub.release(some(photos, LABELS, PHOTOS)), EPOCHS)
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
        at_home = export.ask_tflite(small, [read_view(one) for one in jpegs], lambda: None)
        assert [watcher.tries(one) for one in jpegs] == [names[n] for n in at_home.argmax(1)]
