"""`python -m tests.benchmarks.training --crowd DIR --models DIR`: ratios of training, and a model.

Everything is measured in one run on the same photos and cores: TensorFlowOnSpark with one worker
between two runs of plain TensorFlow, shards between two runs of a batch in memory.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.local.figures import write_figures
from imagehub.catalogue import training_runs
from imagehub.training_config import read
from tests.benchmarks.training import plain, reading
from tests.benchmarks.training.hub import Hub, training_hub
from training import dataset, fitting, shards
from training.task import Task, checkpoint_key

ONE_WORKER = "local-cluster[1,2,2048]"
TWO_WORKERS = "local-cluster[2,1,2048]"
WISH = {"base": "scratch", "epochs": 4, "image_size_pixels": 64, "photos_per_label": 2}


def main() -> None:
    """Measure, print and write build/figures/training.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crowd", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    given = parser.parse_args()
    with training_hub(given.crowd, given.models) as hub:
        figures = {**rates(hub), **model(hub)}
    for name, value in figures.items():
        print(f"{name} {value:.3f}")
    print(write_figures("training", **figures))


def rates(hub: Hub) -> dict[str, float]:
    """The ratios of speed, on all photos of the crowd."""
    release_id = hub.release(None, None)
    run_id = hub.run(release_id, ONE_WORKER, **WISH)
    task = task_of(hub, run_id)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "task.json"
        plain.write_task(task, file)
        synthetic = measure(hub, "synthetic", file)
        before = measure(hub, "shards", file)
        on_spark = hub.photos_per_second(hub.run(release_id, ONE_WORKER, **WISH))
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


def model(hub: Hub) -> dict[str, float]:
    """How good a model of twelve labels is, trained on two executors in transfer mode."""
    metrics = hub.metrics(hub.run(hub.release(12, None), TWO_WORKERS))
    return {name: metrics[name] for name in ("heldout_accuracy", "tflite_agreement")}


def measure(hub: Hub, source: str, task: Path) -> float:
    """Photos a second of plain TensorFlow in a process of its own."""
    objects = hub.settings.storage_url.partition(":")[2]
    program = [sys.executable, "-m", "tests.benchmarks.training.plain", source, objects, str(task)]
    environment = {**hub.settings.for_child(), "TF_USE_LEGACY_KERAS": "1"}
    said = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    return float(said.stdout.split()[-1])


def task_of(hub: Hub, run_id: str) -> Task:
    """What the run's one worker was told."""
    with hub.database.transaction() as cursor:
        run = training_runs.find(cursor, run_id)
    assert run is not None
    config = read(run.config)
    key = shards.index_key(run.manifest_sha256.hex(), config.image_size_pixels)
    index = shards.read_index(hub.store.get(key))
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
        start_key=checkpoint_key(run_id, 0, 1),
    )


if __name__ == "__main__":
    main()
