"""What Keras calls while it trains. Import it where training begins: it loads TensorFlow."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import tf_keras as keras

from imagehub.catalogue.training.training_progress import CurveStep, Epoch
from training import checkpoint
from training.checkpoint import Checkpoint
from training.fitting import ProgressReport
from training.task import Task

POINTS_AN_EPOCH = 4
"""Of the loss curve."""


class ProgressCallback(keras.callbacks.Callback):  # type: ignore[misc]  # has no types
    """Tells steps and epochs; the first worker also hands over each epoch's checkpoint."""

    def __init__(
        self,
        task: Task,
        worker: int,
        report: ProgressReport,
        keep: Callable[[int, Checkpoint], None],
    ) -> None:
        """`keep` is given how many epochs are done, and the numbers after them."""
        super().__init__()
        self.task, self.worker, self.report, self.keep = task, worker, report, keep
        self.steps_a_point = max(1, task.steps // POINTS_AN_EPOCH)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 Keras's own
        """Start the epoch's clock; its first step is not counted: it also builds the graph."""
        self.before = epoch * self.task.steps
        self.clock_from = time.monotonic()
        self.counted = 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Say that the loop gets on."""
        self.counted += 1
        if batch == 0 and self.task.steps > 1:
            self.clock_from, self.counted = time.monotonic(), 0
        if self.worker != 0:
            self.report.beat()
            return
        done = self.before + batch + 1
        self.report.progress(done, self.rate() if self.counted else None)
        if (batch + 1) % self.steps_a_point == 0:
            self.report.step(CurveStep(done, self.mean(logs, "loss"), self.mean(logs, "accuracy")))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Hand over the weights, and say what they are."""
        numbers = numbers_of(self.model)
        self.report.epoch(
            Epoch(
                *(epoch + 1, self.worker),
                *(self.mean(logs, "loss"), self.mean(logs, "accuracy")),
                *(self.rate(), checkpoint.weights_sha256(numbers.weights)),
            )
        )
        if self.worker == 0:
            self.keep(epoch + 1, numbers)
            self.report.checkpoint(epoch + 1)

    def mean(self, logs: Any, name: str) -> float:
        """Of all workers; Keras adds up what each of them says."""
        return float(logs[name]) / int(self.model.distribute_strategy.num_replicas_in_sync)

    def rate(self) -> float:
        """Photos a second of all workers together."""
        seconds = max(time.monotonic() - self.clock_from, 1e-6)
        return self.counted * self.task.batch * self.task.workers / seconds


def numbers_of(model: Any) -> Checkpoint:
    """The model's numbers in memory of their own."""
    return Checkpoint(
        tuple(np.array(weights) for weights in model.get_weights()),
        tuple(np.array(variable.numpy()) for variable in model.optimizer.variables),
    )
