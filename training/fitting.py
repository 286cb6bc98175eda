"""Train a model on one worker's share of the data: the loop that every worker runs in step.

Nothing here knows of Spark. Under a strategy of several workers each call of `fit` does the same
steps in the same order; it begins from the same checkpoint, so the weights stay equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from imagehub.catalogue.training.training_progress import CurveStep, Epoch
from imagehub.errors import Conflict
from imagehub.storage.protocol import ObjectStore
from imagehub.training_config import Augmentation, Base
from training import checkpoint, dataset, features, fine_tune, head, small_resnet
from training.checkpoint import Checkpoint
from training.features import FeatureSet
from training.pretrained import Pretrained
from training.shards import ShardFacts
from training.task import Task, checkpoint_key, checkpoint_prefix, epochs_of


class ProgressReport(Protocol):
    """Whom a worker tells how far it is; training.reporting.Reporter is one."""

    def beat(self) -> None:
        """The loop gets on."""
        ...

    def progress(self, done: int, photos_per_second: float | None = None) -> None:
        """So many steps are done."""
        ...

    def step(self, found: CurveStep) -> None:
        """A point of the curves."""
        ...

    def epoch(self, found: Epoch) -> None:
        """An epoch's end."""
        ...

    def checkpoint(self, epochs: int) -> None:
        """So many epochs are safe."""
        ...


@dataclass(frozen=True, slots=True)
class WorkerRank:
    """Where a worker runs: its number, its files, and what keeps it in step with the others.

    `pretrained` is the network that a fine-tuning run trains on.
    """

    worker: int
    store: ObjectStore
    cache: Path
    strategy: Any = None
    pretrained: Pretrained | None = None

    def scope(self) -> AbstractContextManager[Any]:
        """Variables made in it are the same on all workers."""
        return nullcontext() if self.strategy is None else self.strategy.scope()


def fit(task: Task, rank: WorkerRank, report: ProgressReport, data: Any = None) -> Checkpoint:
    """Train from the task's checkpoint to its last epoch; returns the last weights.

    `data` are batches to take instead of those of the task's shards.
    """
    from training.progress_callback import ProgressCallback, numbers_of

    data = _data(task, rank) if data is None else data
    with rank.scope():
        model = _model(task, rank)
        optimizer = _optimizer(task)
        optimizer.build(model.trainable_variables)
        _restore(model, optimizer, checkpoint.read(rank.store.get(task.start_key)))
        model.compile(optimizer, _loss(), metrics=["accuracy"])
    if rank.strategy is not None:
        own = data
        data = rank.strategy.distribute_datasets_from_function(lambda _context: own)
    model.fit(
        data,
        initial_epoch=task.first_epoch,
        epochs=task.config.epochs,
        steps_per_epoch=task.steps,
        callbacks=[ProgressCallback(task, rank.worker, report, partial(_keep, task, rank.store))],
        verbose=0,
    )
    return numbers_of(model)


def _data(task: Task, rank: WorkerRank) -> Any:
    shards = dataset.share(task.shards, rank.worker, task.workers)
    seed = task.config.seed * 1_000 + task.first_epoch * task.workers + rank.worker
    if task.config.base is Base.TRANSFER:
        return _features(task, rank, shards, seed)
    paths = dataset.local_copies(rank.store, shards, rank.cache)
    how = dataset.FeedSettings(task.side_pixels, task.batch, str(task.config.augmentation), seed)
    return dataset.pipeline(paths, how)


def _features(task: Task, rank: WorkerRank, shards: list[Any], seed: int) -> Any:
    import tensorflow as tf

    mirrored = task.config.augmentation == Augmentation.MIRROR
    found = features.joined(
        [
            features.read(rank.store.get(features.key(shard, task.network_sha256, mirrored)))
            for shard in shards
        ]
    )
    rows, classes = rows_to_train(found)
    numbers = tf.data.Dataset.from_tensor_slices((rows, classes))
    numbers = numbers.shuffle(len(rows), seed, reshuffle_each_iteration=True).repeat()
    return numbers.batch(task.batch, drop_remainder=True).prefetch(2)


def steps(shards: Sequence[ShardFacts], workers: int, batch: int, copies: int) -> int:
    """Steps of an epoch where each photo is shown in so many copies."""
    return dataset.steps_an_epoch(
        [replace(shard, photos=shard.photos * copies) for shard in shards], workers, batch
    )


def rows_to_train(found: FeatureSet) -> tuple[Any, Any]:
    """All rows of features, mirrored photos too, and the class of each."""
    copies = 2 if len(found.mirrored) else 1
    return (
        np.concatenate([found.features, found.mirrored]),
        np.concatenate([found.classes] * copies),
    )


def _model(task: Task, rank: WorkerRank) -> Any:
    if task.config.base is Base.TRANSFER:
        return head.model(task.features, task.classes)
    if rank.pretrained is not None:
        return fine_tune.model(rank.pretrained, task.classes)
    return small_resnet.model(task.side_pixels, task.classes)


def _optimizer(task: Task) -> Any:
    import tf_keras as keras

    return keras.optimizers.Adam(task.config.learning_rate)


def _loss() -> Any:
    import tf_keras as keras

    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def _restore(model: Any, optimizer: Any, found: Checkpoint) -> None:
    model.set_weights(found.weights)
    for variable, array in zip(optimizer.variables, found.optimizer, strict=False):
        variable.assign(array)


def _keep(task: Task, store: ObjectStore, epochs: int, numbers: Checkpoint) -> None:
    """Keep these weights and those before them, which the last epoch may be done again from."""
    key = checkpoint_key(task.run_id, epochs, task.attempt)
    with suppress(Conflict):  # this attempt was here before: what lies there is as good
        store.put(key, checkpoint.write(numbers))
    for old in list(store.keys(checkpoint_prefix(task.run_id))):
        if epochs_of(old) < epochs - 1:
            store.delete(old)
