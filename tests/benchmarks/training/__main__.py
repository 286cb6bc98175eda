"""Ratios of training, and a model: `python -m tests.benchmarks.training --crowd DIR`.

Everything is measured in one run on the same photos and cores: TensorFlowOnSpark with one worker
between two runs of plain TensorFlow, shards between two runs of a batch in memory.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from deploy.figures import write_figures
from imagehub.catalogue.database import Database
from imagehub.training_config import read
from tests.benchmarks.training import plain, reading
from tests.training_hub import Photos, TrainingHub, crowd_photos, some, training_hub
from training import checkpoint, dataset, fitting, shards, small_resnet
from training.service import SilenceLimits, Trainer
from training.task import Task, checkpoint_key

ONE_WORKER = "local-cluster[1,2,2048]"
TWO_WORKERS = "local-cluster[2,1,2048]"
LABELS, PHOTOS_A_LABEL = 12, 24
PATIENT = SilenceLimits(process=120.0)
WISH = {"base": "scratch", "epochs": 3, "image_size_pixels": 64, "photos_per_label": 2}


def main() -> None:
    """Measure, print and write build/figures/training.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crowd", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=Path("hub-data/models"))
    given = parser.parse_args()
    photos = crowd_photos(given.crowd)
    with training_hub(given.models, TWO_WORKERS) as hub:
        figures = {
            **rates(hub, some(photos, None, PHOTOS_A_LABEL)),
            **model(hub, some(photos, LABELS, None)),
        }
    for name, value in figures.items():
        print(f"{name} {value:.3f}")
    print(write_figures("training", **figures))


def run(hub: TrainingHub, master: str, release_id: str, **wish: Any) -> str:
    """Train on a release, and answer the run's id; ends the program if the run fails."""
    run_id = hub.queue(release_id, **wish)
    settings = replace(hub.settings, spark_master=master)
    ended = Trainer(settings, Database(hub.settings.catalogue_url), PATIENT).finish(run_id)
    if ended.state != "done" or ended.attempt != 1:
        raise SystemExit(f"The run {run_id} has {ended.state}: {ended.reason}")
    return run_id


def rates(hub: TrainingHub, photos: Photos) -> dict[str, float]:
    """The ratios of speed, on photos of all labels of the crowd."""
    release_id = hub.release(photos)
    run_id = run(hub, ONE_WORKER, release_id, **{**WISH, "epochs": 1})  # makes the shards
    task = task_of(hub, run_id)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "task.json"
        plain.write_task(task, file)
        synthetic = measure(hub, "synthetic", file)
        before = measure(hub, "shards", file)
        again = hub.epochs(run(hub, ONE_WORKER, release_id, **WISH))
        on_spark = statistics.median(one.photos_per_second for one in again)
        after = measure(hub, "shards", file)
        synthetic_again = measure(hub, "synthetic", file)
        copies = dataset.local_copies(hub.store, task.shards, Path(name) / "cache")
        small = Path(name) / "small"
        small.mkdir()
        files = reading.shards_to_files(copies, task.side_pixels, small)
    return {
        "plain_photos_per_second": (before + after) / 2,
        "tfos_to_plain": 2 * on_spark / (before + after),
        "shards_to_synthetic": (before + after) / (synthetic + synthetic_again),
        "shards_to_files": files,
    }


def model(hub: TrainingHub, photos: Photos) -> dict[str, float]:
    """How good a model is, trained on two executors in transfer mode."""
    metrics = hub.model(run(hub, TWO_WORKERS, hub.release(photos))).metrics
    return {name: metrics[name] for name in ("heldout_accuracy", "tflite_agreement")}


def measure(hub: TrainingHub, source: str, task: Path) -> float:
    """Photos a second of plain TensorFlow in a process of its own."""
    objects = hub.settings.storage_url.partition(":")[2]
    program = [sys.executable, "-m", "tests.benchmarks.training.plain", source, objects, str(task)]
    environment = {**hub.settings.for_child(), "TF_USE_LEGACY_KERAS": "1"}
    said = subprocess.run(program, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(said.stdout.split()[-1])


def task_of(hub: TrainingHub, run_id: str) -> Task:
    """What the run's one worker was told, and a checkpoint to start from."""
    found = hub.run(run_id)
    config = read(WISH)
    key = shards.index_key(found.manifest_sha256.hex(), config.image_size_pixels)
    index = shards.read_index(hub.store.get(key))
    start_key = checkpoint_key(f"{run_id}-start", 0, 1)  # a run clears its own away
    start = small_resnet.start(index.side_pixels, len(index.classes), config.seed)
    hub.store.put(start_key, checkpoint.write(start))
    return Task(
        run_id=f"{run_id}-plain",
        attempt=1,
        config=config,
        classes=len(index.classes),
        side_pixels=index.side_pixels,
        shards=index.of("train"),
        workers=1,
        batch=config.batch,
        steps=fitting.steps(index.of("train"), 1, config.batch, 1),
        start_key=start_key,
    )


if __name__ == "__main__":
    main()
