"""What TensorFlowOnSpark runs on each executor: thin, around training.fitting."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

from imagehub.catalogue.database import Database
from imagehub.hub import open_catalogue, open_store
from imagehub.settings import Settings, tell_tensorflow_its_cluster
from imagehub.training_config import Base
from training import pretrained
from training.fitting import WorkerRank, fit
from training.reporting import Attempt, Reporter
from training.task import Task

ALONE_AFTER_SECONDS = 1.0
STARTING_SECONDS = 180.0


def train(arguments: dict[str, Any], context: Any) -> None:
    """Train this executor's share; `arguments` has `settings`, `task` and `here`."""
    settings: Settings = arguments["settings"]
    task: Task = arguments["task"]
    _end_when_alone()
    nodes = context.cluster_spec["worker"]
    if arguments["here"]:  # this machine may have no address but the loopback one
        nodes = [f"127.0.0.1:{node.rpartition(':')[2]}" for node in nodes]
    tell_tensorflow_its_cluster(nodes, context.task_index)
    _take_threads(arguments["cores"])
    database = Database(open_catalogue(settings).url)
    attempt = Attempt(task.run_id, task.attempt)
    party = f"worker-{context.task_index}"
    with Reporter(database, attempt, party, STARTING_SECONDS) as report:
        rank = WorkerRank(
            worker=context.task_index,
            store=open_store(settings),
            cache=Path("shards").resolve(),  # Spark clears an application's folder away
            strategy=_strategy() if len(nodes) > 1 else None,
            pretrained=(
                pretrained.load(settings, task.network_sha256)
                if task.config.base is Base.FINE_TUNE
                else None
            ),
        )
        fit(task, rank, report)


def _take_threads(cores: int) -> None:
    """TensorFlow computes with no more threads than the executor has cores."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(cores)
    tf.config.threading.set_inter_op_parallelism_threads(max(2, cores))


def _strategy() -> Any:
    """The strategy that keeps several workers in step.

    Its reductions have no time limit: TensorFlow lets a thread sleep that long for each of them,
    and quick steps would use up the machine's threads. A worker that hangs falls silent, and the
    service ends the attempt.
    """
    import tensorflow as tf

    return tf.distribute.MultiWorkerMirroredStrategy(
        communication_options=tf.distribute.experimental.CommunicationOptions(
            implementation=tf.distribute.experimental.CommunicationImplementation.RING,
        )
    )


def _end_when_alone() -> None:
    """End this process when its parent has died: in mid-step nothing else would."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(ALONE_AFTER_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="alone", daemon=True).start()
