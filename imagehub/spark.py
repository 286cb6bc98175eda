"""A Spark session from the settings, on one machine or on a cluster: for jobs and for training."""

from __future__ import annotations

import atexit
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from pyspark.sql import SparkSession

from imagehub.java import java
from imagehub.settings import Settings, keep_spark_on_loopback, launched_by_spark_submit

LOOPBACK = "127.0.0.1"
COMMON = {
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # One task is one thread: the libraries inside must not each take every core.
    "spark.executorEnv.OMP_NUM_THREADS": "1",
    "spark.executorEnv.OPENBLAS_NUM_THREADS": "1",
    "spark.executorEnv.MKL_NUM_THREADS": "1",
}
ON_THIS_MACHINE = {
    "spark.driver.host": LOOPBACK,
    "spark.driver.bindAddress": LOOPBACK,
    "spark.sql.shuffle.partitions": "8",
}


def session(
    settings: Settings, app: str, options: Mapping[str, str], packages: Sequence[ModuleType]
) -> SparkSession:
    """Start a session whose executors know these packages, or return the one that runs.

    The caller stops it. Under `spark-submit` master and memory are its options, not the settings'.
    Raises Misconfigured if this machine has no Java that Spark can use.
    """
    builder = SparkSession.builder.appName(f"deep-images-hub {app}")
    chosen = {**COMMON, **options}
    if not launched_by_spark_submit():
        java()
        builder = builder.master(settings.spark_master)
        chosen["spark.driver.memory"] = settings.spark_memory
        chosen["spark.executor.memory"] = settings.spark_memory
        if settings.spark_cores:
            chosen["spark.cores.max"] = str(settings.spark_cores)
        if settings.spark_master.startswith("local"):
            chosen.update(ON_THIS_MACHINE)
            keep_spark_on_loopback()
    for name, value in chosen.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    context = spark.sparkContext
    context.setLogLevel("ERROR")
    if context.master.startswith("local"):
        context.pythonExec = sys.executable
    if not has_threads_only(context.master):
        context.addPyFile(_as_zip(packages))
    return spark


def has_threads_only(master: str) -> bool:
    """True where executors are threads of the driver, which share its files."""
    return re.fullmatch(r"local(\[[^\]]*\])?", master) is not None


def _as_zip(packages: Sequence[ModuleType]) -> str:
    """Pack the code that executors run; the file lives as long as this process."""
    folder = Path(tempfile.mkdtemp(prefix="imagehub-code-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    target = folder / "imagehub_code.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for package in packages:
            root = Path(str(package.__file__)).parent
            for file in sorted(root.rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    archive.write(file, str(file.relative_to(root.parent)))
    return str(target)
