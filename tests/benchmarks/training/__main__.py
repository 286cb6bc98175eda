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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from imagehub.catalogue.database import Database
from imagehub.training_config import read
from tests.benchmarks.parts import report
from tests.benchmarks.training import plain, reading
from tests.spark.programs import ROOT
from tests.training_hub import Photos, TrainingHub, crowd_photos, some, training_hub
from training import checkpoint, dataset, fitting, shards, small_resnet
from training.service import SilenceLimits, Trainer
from training.task import Task, checkpoint_key

ONE_WORKER = "local-cluster[1,2,2048]"
TWO_WORKERS = "local-cluster[2,1,2048]"
PATIENT = SilenceLimits(process=120.0)


@dataclass(frozen=True)
class TrainingSizes:
    """Photos, epochs and batch of the runs; labels are taken from the commonest on.

    `is_apart`: speed is measured in a run of its own once the shards are made, plain training
    before and after it, and the model comes from a run in transfer mode. Otherwise one run and one
    plain training do for all.
    """

    photos_a_label: int
    model_labels: int
    epochs: int
    batch: int
    photos_read: int
    is_apart: bool

    @property
    def wish(self) -> dict[str, Any]:
        """What a run that is timed is asked for."""
        return {
            "base": "scratch",
            "epochs": self.epochs,
            "batch": self.batch,
            "image_size_pixels": 64,
            "photos_per_label": 2,
        }


FULL = TrainingSizes(
    photos_a_label=24, model_labels=12, epochs=3, batch=64, photos_read=10_000, is_apart=True
)
TOY = TrainingSizes(
    photos_a_label=12, model_labels=2, epochs=1, batch=8, photos_read=128, is_apart=False
)


def main() -> None:
    """Measure in a hub of our own, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crowd", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=Path("hub-data/models"))
    options = parser.parse_args()
    photos = crowd_photos(options.crowd)
    with training_hub(options.models, TWO_WORKERS) as hub:
        measure(FULL, hub, photos)


def measure(sizes: TrainingSizes, hub: TrainingHub, photos: Photos) -> dict[str, float]:
    """The ratios of speed on photos of all labels, and how good a model of some of them is.

    Writes `build/figures/training.json`.
    """
    release_id = hub.release(some(photos, None, sizes.photos_a_label))
    first = run(hub, ONE_WORKER, release_id, **{**sizes.wish, "epochs": 1})  # makes the shards
    figures = rates(sizes, hub, release_id, first)
    trained = first
    if sizes.is_apart:
        trained = run(hub, TWO_WORKERS, hub.release(some(photos, sizes.model_labels, None)))
    metrics = hub.model(trained).metrics
    figures |= {name: metrics[name] for name in ("heldout_accuracy", "tflite_agreement")}
    report("training", figures)
    return figures


def run(hub: TrainingHub, master: str, release_id: str, **wish: Any) -> str:
    """Train on a release, and answer the run's id; ends the program if the run fails."""
    run_id = hub.queue(release_id, **wish)
    settings = replace(hub.settings, spark_master=master)
    ended = Trainer(settings, Database(hub.settings.catalogue_url), PATIENT).finish(run_id)
    if ended.state != "done" or ended.attempt != 1:
        raise SystemExit(f"The run {run_id} has {ended.state}: {ended.reason}")
    return run_id


def rates(sizes: TrainingSizes, hub: TrainingHub, release_id: str, first: str) -> dict[str, float]:
    """The ratios of speed; `first` is a run on the release that has made the shards."""
    task = task_of(sizes, hub, first)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "task.json"
        plain.write_task(task, file)
        synthetic = [plain_rate(hub, "synthetic", file)]
        from_shards = [plain_rate(hub, "shards", file)]
        timed = run(hub, ONE_WORKER, release_id, **sizes.wish) if sizes.is_apart else first
        on_spark = statistics.median(epoch.photos_per_second for epoch in hub.epochs(timed))
        if sizes.is_apart:
            from_shards.append(plain_rate(hub, "shards", file))
            synthetic.append(plain_rate(hub, "synthetic", file))
        copies = dataset.local_copies(hub.store, task.shards, Path(name) / "cache")
        small = Path(name) / "small"
        small.mkdir()
        files = reading.shards_to_files(copies, task.side_pixels, small, sizes.photos_read)
    return {
        "plain_photos_per_second": statistics.fmean(from_shards),
        "tfos_to_plain": on_spark / statistics.fmean(from_shards),
        "shards_to_synthetic": statistics.fmean(from_shards) / statistics.fmean(synthetic),
        "shards_to_files": files,
    }


def plain_rate(hub: TrainingHub, source: str, task: Path) -> float:
    """Photos a second of plain TensorFlow in a process of its own."""
    objects = hub.settings.storage_url.partition(":")[2]
    program = [sys.executable, "-m", "tests.benchmarks.training.plain", source, objects, str(task)]
    said = subprocess.run(
        program,
        cwd=ROOT,
        env={**hub.settings.for_child(), "TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "2"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(said.stdout.split()[-1])


def task_of(sizes: TrainingSizes, hub: TrainingHub, run_id: str) -> Task:
    """What the run's one worker was told, and a checkpoint to start from."""
    found = hub.run(run_id)
    config = read(sizes.wish)
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
