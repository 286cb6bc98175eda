"""The same training without Spark: `python -m tests.benchmarks.training.plain SOURCE OBJECTS TASK`.

SOURCE is shards or synthetic; OBJECTS is a folder store; TASK a file with what a worker is told.
Prints photos per second, the median over epochs.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from imagehub.catalogue.training.training_progress import CurveStep, Epoch
from imagehub.storage.folder import FolderStore
from imagehub.training_config import read
from training.fitting import WorkerRank, fit
from training.shards import ShardFacts
from training.task import Task


class Rates:
    """Hears photos per second."""

    def __init__(self) -> None:
        self.heard: list[float] = []

    def beat(self) -> None:
        """Nobody watches."""

    def progress(self, done: int, photos_per_second: float | None = None) -> None:
        """Nobody reads."""

    def step(self, found: CurveStep) -> None:
        """Nobody draws a curve."""

    def checkpoint(self, epochs: int) -> None:
        """Nobody goes on from it."""

    def epoch(self, found: Epoch) -> None:
        """An epoch's rate."""
        self.heard.append(found.photos_per_second)


def write_task(task: Task, file: Path) -> None:
    """Write a task for another process."""
    fields = asdict(task)
    fields["config"] = task.config.model_dump(mode="json")
    file.write_text(json.dumps(fields), encoding="utf-8")


def read_task(file: Path) -> Task:
    """Read what `write_task` wrote."""
    fields = json.loads(file.read_text(encoding="utf-8"))
    shards = tuple(ShardFacts(**shard) for shard in fields.pop("shards"))
    return Task(**{**fields, "shards": shards, "config": read(fields["config"])})


def synthetic(task: Task) -> Any:
    """One batch in memory, again and again."""
    import tensorflow as tf

    shape = (task.batch, task.side_pixels, task.side_pixels, 3)
    photos = tf.random.stateless_uniform(shape, (1, 2), 0.0, 255.0)
    classes = tf.cast(tf.range(task.batch) % task.classes, tf.int64)
    return tf.data.Dataset.from_tensors((photos, classes)).repeat()


def main() -> None:
    """Train and print the rate."""
    source, objects, file = sys.argv[1:]
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(2)
    tf.config.threading.set_inter_op_parallelism_threads(2)
    task, rates = read_task(Path(file)), Rates()
    with tempfile.TemporaryDirectory() as cache:
        rank = WorkerRank(0, FolderStore(objects), Path(cache))
        fit(task, rank, rates, synthetic(task) if source == "synthetic" else None)
    print(statistics.median(rates.heard))


if __name__ == "__main__":
    main()
