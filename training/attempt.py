"""One attempt of a run, from its release to its model: `python -m training.attempt RUN NUMBER`.

The service starts it as a process of its own, watches it and ends it; it is Spark's driver.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from py4j.protocol import Py4JError, Py4JNetworkError
from pyspark.errors import PySparkException

from imagehub.catalogue.database import Database
from imagehub.catalogue.training import training_progress, training_runs, training_sweeps
from imagehub.catalogue.training.training_runs import RunState
from imagehub.errors import Conflict, HubError, Unavailable
from imagehub.hub import open_catalogue, open_store
from imagehub.settings import Settings
from imagehub.storage.protocol import ObjectStore
from imagehub.training_config import Augmentation, Base, TrainingConfig
from imagehub.training_config import read as read_config
from imagehub.vision.network import Network
from training import (
    checkpoint,
    features,
    fine_tune,
    fitting,
    frozen,
    head,
    preparing,
    pretrained,
    processes,
    session,
    small_resnet,
    task,
)
from training.checkpoint import Checkpoint
from training.last_words import reason_file
from training.preparing import PinnedRelease
from training.processes import MARK
from training.publishing import publish
from training.reasons import reason_in
from training.reporting import Attempt, Reporter, beating
from training.session import ExecutorPool
from training.shards import Index
from training.task import Task

log = logging.getLogger(__name__)

LONGEST_START_SECONDS = 300.0
"""Of Java, of executors, of TensorFlow: on a busy machine each takes a minute."""

LONGEST_PREPARATION_SECONDS = 3600.0

AGAIN, CANNOT_WORK = 1, 2
"""Exit status where another attempt may do better, and where it would end like this one."""


@dataclass
class AttemptResources:
    """What an attempt has open; the Spark session is started when it is first needed."""

    settings: Settings
    run: RunState
    database: Database
    store: ObjectStore
    report: Reporter
    _cluster: ExecutorPool | None = field(default=None)

    def cluster(self) -> ExecutorPool:
        """The Spark session."""
        if self._cluster is None:
            with self.waiting(LONGEST_START_SECONDS):
                self._cluster = session.start(self.settings, self.run.id, {MARK: self.run.id})
        return self._cluster

    def everywhere(self) -> preparing.Everywhere:
        """Run a function over items on all executors."""
        cluster = self.cluster()

        def run(function: Any, items: Sequence[Any]) -> list[Any]:
            with self.waiting(LONGEST_PREPARATION_SECONDS):
                return cluster.each(function, items)

        return run

    def enter(self, state: str, total: int | None = None) -> None:
        """Say what the attempt does now; Conflict if it is no longer the one that counts."""
        with self.database.transaction() as cursor:
            if not training_runs.enter(cursor, self.run.id, self.run.attempt, state, total):
                raise Conflict(
                    "This attempt was replaced or the run has ended: it changes nothing."
                )

    def workers_begin(self, workers: int) -> None:
        """From now on each of so many workers must show progress."""
        with self.database.transaction() as cursor:
            for number in range(workers):
                training_progress.seen(cursor, self.run.id, self.run.attempt, f"worker-{number}")

    def waiting(self, at_most_seconds: float) -> AbstractContextManager[None]:
        """Give signs of life while something else is waited for."""
        return beating(self.report, at_most_seconds)

    def beat(self) -> None:
        """The attempt gets on."""
        self.report.beat()

    def stop(self) -> None:
        """Stop Spark."""
        if self._cluster is not None:
            with self.waiting(30):
                self._cluster.stop()
            self._cluster = None


def train(resources: AttemptResources) -> None:
    """Do all that is missing of the run, and publish its model."""
    run, config = resources.run, read_config(resources.run.config)
    with resources.database.transaction() as cursor:
        withdrawn = training_sweeps.withdrawn(cursor, run.release_id)
    source = PinnedRelease(run.release_id, run.manifest_sha256, withdrawn)
    network = _network(resources, config)
    side = network.side_pixels if network else config.image_size_pixels
    resources.report.note("The photos are made ready for training.")
    index = preparing.make_shards(resources.settings, source, side, resources.everywhere)
    if network:
        resources.report.note(f"The network {network.name} looks at the photos.")
        preparing.make_features(
            resources.settings, index, network.sha256, _is_mirrored(config), resources.everywhere
        )
    with resources.waiting(LONGEST_START_SECONDS):
        plan = plan_task(resources, config, index)
    _fit(resources, plan)
    resources.stop()
    resources.enter("exporting")
    resources.report.note("The model is measured on the photos that were held out, and exported.")
    publish(resources.settings, resources.database, resources.report, run, plan, index)


def plan_task(resources: AttemptResources, config: TrainingConfig, index: Index) -> Task:
    """What the workers are told; where no checkpoint is yet, what training begins from is kept."""
    run, executors = resources.run, resources.cluster().executors
    network = _network(resources, config)
    train_shards = index.of("train")
    workers = min(executors, len(train_shards))
    batch = max(1, config.batch // workers)
    start_key = last_checkpoint(resources.store, run.id, config.epochs)
    if start_key is None:
        start_key = task.checkpoint_key(run.id, 0, run.attempt)
        begin = _beginning(resources, config, index, network)
        resources.store.put(start_key, checkpoint.write(begin))
    copies = 2 if config.base is Base.TRANSFER and _is_mirrored(config) else 1
    return Task(
        run_id=run.id,
        attempt=run.attempt,
        config=config,
        classes=len(index.classes),
        side_pixels=index.side_pixels,
        shards=train_shards,
        workers=workers,
        batch=batch,
        steps=fitting.steps(train_shards, workers, batch, copies),
        start_key=start_key,
        first_epoch=task.epochs_of(start_key),
        network_sha256=network.sha256 if network else "",
        features=network.outputs if network else 0,
    )


def last_checkpoint(store: ObjectStore, run_id: str, epochs: int) -> str | None:
    """The key of the newest checkpoint to go on from; None if there is none.

    The last epoch is always done again: an attempt that died behind it never compared its workers.
    """
    found = store.keys(task.checkpoint_prefix(run_id))
    return task.newest(key for key in found if task.epochs_of(key) < epochs)


def _network(resources: AttemptResources, config: TrainingConfig) -> Network | None:
    return (
        None if config.base is Base.SCRATCH else features.frozen_network(resources.settings).network
    )


def _is_mirrored(config: TrainingConfig) -> bool:
    return config.augmentation == Augmentation.MIRROR


def _beginning(
    resources: AttemptResources, config: TrainingConfig, index: Index, network: Network | None
) -> Checkpoint:
    classes = len(index.classes)
    if network is None:
        return small_resnet.start(index.side_pixels, classes, config.seed)
    began_from = pretrained.load(resources.settings, network.sha256)
    frozen.require_portable(began_from.graph, began_from.port, began_from.side_pixels)
    keys = [
        features.key(shard, network.sha256, _is_mirrored(config)) for shard in index.of("train")
    ]
    looked = features.joined([features.read(resources.store.get(key)) for key in keys])
    rows, truth = fitting.rows_to_train(looked)
    if config.base is Base.TRANSFER:
        return head.start(rows, classes)
    return fine_tune.start(began_from, head.fitted(rows, truth, classes))


def _fit(resources: AttemptResources, plan: Task) -> None:
    with resources.waiting(LONGEST_START_SECONDS):
        from training import cluster, worker

    total = plan.steps * plan.config.epochs
    resources.enter("training", total)
    resources.report.note(
        f"{plan.workers} workers train from epoch {plan.first_epoch + 1} to {plan.config.epochs}."
    )
    arguments = {
        "settings": resources.settings,
        "task": plan,
        "here": resources.cluster().here,
        "cores": resources.cluster().cores,
    }
    cluster.run(resources.cluster(), plan.workers, cluster.Node(worker.train, arguments), resources)
    require_in_step(resources, plan)


def require_in_step(resources: AttemptResources, plan: Task) -> None:
    """Raise Conflict unless all workers said the same loss and had the same weights.

    Raises Unavailable if one of them has not said it.
    """
    with resources.database.transaction() as cursor:
        found = training_progress.epochs(cursor, plan.run_id, plan.attempt)
    last = [epoch for epoch in found if epoch.epoch == plan.config.epochs]
    if len(last) != plan.workers:
        raise Unavailable("A worker ended before its last epoch was written down.")
    if len({epoch.weights_sha256 for epoch in last}) != 1:
        raise Conflict(
            f"The {plan.workers} workers ended with different weights: the model is thrown away."
        )
    if len({epoch.loss for epoch in last}) != 1:
        raise Conflict("The workers ended with different losses: the model is thrown away.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the attempt; 0 if its model is published."""
    run_id, number = sys.argv[1:] if arguments is None else arguments
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("py4j").setLevel(logging.WARNING)
    _end_when_alone(run_id)
    settings = Settings.from_environment()
    database = open_catalogue(settings)
    with database.transaction() as cursor:
        run = training_runs.find(cursor, run_id)
    if run is None or run.attempt != int(number):
        print(f"There is no attempt {number} of a run {run_id}.", file=sys.stderr)
        return CANNOT_WORK
    own = Database(database.url)
    with Reporter(own, Attempt(run.id, run.attempt), "driver") as report:
        resources = AttemptResources(settings, run, database, open_store(settings), report)
        try:
            train(resources)
        except HubError as error:
            log.exception("attempt %s of run %s", number, run_id)
            reason_file(settings, run.id).write_text(str(error), encoding="utf-8")
            return AGAIN if isinstance(error, Unavailable) else CANNOT_WORK
        except (Py4JError, PySparkException, ConnectionError) as error:
            log.exception("attempt %s of run %s", number, run_id)
            is_gone = isinstance(error, (Py4JNetworkError, ConnectionError))
            why = "Spark has ended." if is_gone else f"Spark failed: {reason_in(str(error))}"
            reason_file(settings, run.id).write_text(why, encoding="utf-8")
            return AGAIN
    return 0


def _end_when_alone(run_id: str) -> None:
    """End the whole attempt when the service that watches it has died: nothing else would."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        processes.end(run_id)
        os._exit(AGAIN)

    threading.Thread(target=watch, name="alone", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
