"""A Spark session from the settings, on one machine or on a cluster."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from pyspark.sql import SparkSession

import imagehub
import spark_jobs
from imagehub.settings import Settings, launched_by_spark_submit
from spark_jobs.java import java

LOOPBACK = "127.0.0.1"
PACKAGES = (imagehub, spark_jobs)

COMMON = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "64",
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


def spark_session(settings: Settings, app: str) -> SparkSession:
    """Start a session, or return the one that runs; the caller stops it.

    Under `spark-submit` master and memory are its options, not the settings'. Raises Misconfigured
    if this machine has no Java that Spark can use.
    """
    builder = SparkSession.builder.appName(f"deep-images-hub {app}")
    for name, value in COMMON.items():
        builder = builder.config(name, value)
    if launched_by_spark_submit():
        spark = builder.getOrCreate()
    else:
        java()
        local = settings.spark_master.startswith("local")
        for name, value in (ON_THIS_MACHINE if local else {}).items():
            builder = builder.config(name, value)
        if local:
            _stay_on_loopback()
        spark = (
            builder.master(settings.spark_master)
            .config("spark.driver.memory", settings.spark_memory)
            .config("spark.executor.memory", settings.spark_memory)
            .getOrCreate()
        )
    context = spark.sparkContext
    context.setLogLevel("ERROR")
    if context.master.startswith("local"):
        context.pythonExec = sys.executable
    if not _workers_share_our_files(context.master):
        context.addPyFile(_packages_as_zip())
    return spark


def _workers_share_our_files(master: str) -> bool:
    return re.fullmatch(r"local(\[[^\]]*\])?", master) is not None


def _stay_on_loopback() -> None:
    # The JVM that pyspark starts takes its own address from these variables and nowhere else;
    # without them it asks DNS for this machine's name, which may be unknown.
    os.environ.setdefault("SPARK_LOCAL_IP", LOOPBACK)  # noqa: TID251 (see above)
    os.environ.setdefault("SPARK_LOCAL_HOSTNAME", LOOPBACK)  # noqa: TID251 (see above)


def _packages_as_zip() -> str:
    """Pack the code that executors run; the file lives as long as this process."""
    folder = Path(tempfile.mkdtemp(prefix="imagehub-code-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    target = folder / "imagehub_code.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for package in PACKAGES:
            root = Path(str(package.__file__)).parent
            for file in sorted(root.rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    archive.write(file, str(file.relative_to(root.parent)))
    return str(target)
