"""A Spark session for one training run: a worker on each executor, and nothing is tried twice.

Spark repeats what fails, and TensorFlowOnSpark's repeated node waits for ever in a cluster that has
gone on without it. So a task that fails here fails the attempt, and the run goes on from its last
checkpoint in a session of its own.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyspark
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

import imagehub
import training
from imagehub import spark
from imagehub.errors import Refused, Unavailable
from imagehub.settings import Settings, variable
from training.reasons import reason_in, was_refused

PACKAGES = (imagehub, training)
EMBEDDED_MASTER = "local-cluster[2,1,2048]"
"""Two executors in processes of their own, a core each: the embedded hub's."""

EXECUTORS_WITHIN_SECONDS = 120.0
SETTLED_SECONDS = 5.0
"""Where nobody said how many executors there are to be, those that are there after so long without
another are all."""

SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For Java that starts and hands work to Python: it need not compile itself well."""

ONCE = {
    "spark.driver.extraJavaOptions": SHORT_LIVED,
    "spark.executor.extraJavaOptions": SHORT_LIVED,
    "spark.task.maxFailures": "1",
    "spark.stage.maxConsecutiveAttempts": "1",
    "spark.speculation": "false",
    "spark.dynamicAllocation.enabled": "false",
    "spark.excludeOnFailure.enabled": "false",
    "spark.python.worker.reuse": "true",
}
ON_EXECUTORS = {
    "TF_USE_LEGACY_KERAS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "CUDA_VISIBLE_DEVICES": "",
}


@dataclass(frozen=True, slots=True)
class ExecutorPool:
    """A session and how many executors it has, each with `cores`."""

    spark: Any
    executors: int
    cores: int
    here: bool
    notes: Path

    @property
    def context(self) -> Any:
        """The Spark context."""
        return self.spark.sparkContext

    def each(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """What the function gives for each item, in order; executors run it.

        Raises Refused where it refused an item, Unavailable where another attempt may do better.
        """
        try:
            return list(self.context.parallelize(items, len(items)).map(function).collect())
        except (Py4JError, PySparkException) as error:
            message = str(error)
            if was_refused(message):
                raise Refused("training_refused", reason_in(message)) from error
            raise Unavailable(f"An executor failed: {reason_in(message)}") from error

    def stop(self) -> None:
        """Stop the session; executors on this machine leave no files behind."""
        self.spark.stop()
        clear(self.notes)


def clear(notes: Path) -> None:
    """Remove the files of executors of this machine; `notes` has a file for each application."""
    for folder in _folders(notes):
        shutil.rmtree(folder, ignore_errors=True)
        (notes / folder.name).unlink(missing_ok=True)


def notes_of(settings: Settings) -> Path:
    """Where sessions whose executors are of this machine are noted, by their applications' ids."""
    return settings.data / "training" / "applications"


def printed(notes: Path) -> list[Path]:
    """What executors of this machine printed, a file for each, as long as `clear` was not done."""
    return sorted(file for folder in _folders(notes) for file in folder.glob("*/stderr"))


def _folders(notes: Path) -> list[Path]:
    """Spark's own folders of the applications that are noted."""
    work = Path(pyspark.__file__).parent / "work"
    return [work / note.name for note in notes.iterdir()] if notes.is_dir() else []


def master_of(settings: Settings) -> str:
    """Where a run trains: executors need processes of their own, which `local` does not give."""
    master = settings.spark_master
    return EMBEDDED_MASTER if spark.has_threads_only(master) else master


def start(settings: Settings, run_id: str, environment: Mapping[str, str]) -> ExecutorPool:
    """Start a session whose executors have these variables too, and wait for all of them.

    Raises Unavailable if none has come within EXECUTORS_WITHIN_SECONDS.
    """
    master, notes = master_of(settings), notes_of(settings)
    clear(notes)  # of attempts that were killed: one runs at a time
    options = dict(ONCE)
    for name, value in {**ON_EXECUTORS, **environment}.items():
        options[f"spark.executorEnv.{name}"] = value
    session = spark.session(
        replace(settings, spark_master=master), f"training {run_id}", options, PACKAGES
    )
    context = session.sparkContext
    here = master.startswith("local")
    if here:
        notes.mkdir(parents=True, exist_ok=True)
        (notes / context.applicationId).touch()
    return ExecutorPool(session, _executors(context, master), _cores(context), here, notes)


def enough(there: int, requested: int, unchanged_seconds: float) -> bool:
    """True once a run can begin: `asked` executors are there, or, where it is 0, all that come."""
    if requested:
        return there >= requested
    return there >= 1 and unchanged_seconds >= SETTLED_SECONDS


def _cores(context: Any) -> int:
    """The fewest cores that any executor has."""
    executors = context._jsc.sc().statusStore().executorList(True)
    statuses = (executors.apply(index) for index in range(executors.size()))
    return min(
        (int(executor.totalCores()) for executor in statuses if executor.id() != "driver"),
        default=1,
    )


def _asked(context: Any, master: str) -> int:
    """How many executors are to come; 0 where only the master knows."""
    embedded = re.fullmatch(r"local-cluster\[(\d+),.*\]", master)
    return int(embedded[1] if embedded else context.getConf().get("spark.executor.instances", "0"))


def _executors(context: Any, master: str) -> int:
    """How many executors there are, once as many are there as were asked for or no more come."""
    requested, there = _asked(context, master), 0
    began_at = changed_at = time.monotonic()
    while not enough(there, requested, time.monotonic() - changed_at):
        if time.monotonic() - began_at > EXECUTORS_WITHIN_SECONDS:
            if there < max(requested, 1):
                raise Unavailable(_too_few(there, requested, master))
            break
        time.sleep(0.2)
        now = int(context._jsc.sc().getExecutorMemoryStatus().size()) - 1  # without the driver
        if now != there:
            there, changed_at = now, time.monotonic()
    return requested or there


def _too_few(there: int, requested: int, master: str) -> str:
    message = (
        f"Spark gave {there} of {requested or 'any'} executors within"
        f" {EXECUTORS_WITHIN_SECONDS:.0f} seconds."
    )
    if not master.startswith("spark://"):
        return message
    return f"{message} If the jobs hold all cores, set {variable('spark_cores')} for them."
