"""The Spark session of a job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.sql import SparkSession

import imagehub
import spark_jobs
from imagehub import spark
from imagehub.settings import Settings

PACKAGES = (imagehub, spark_jobs)
OPTIONS = {
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "64",
}


def spark_session(settings: Settings, app: str) -> SparkSession:
    """Start a session, or return the one that runs; the caller stops it."""
    return spark.session(settings, app, OPTIONS, PACKAGES)


@contextmanager
def running_spark(settings: Settings, app: str) -> Iterator[SparkSession]:
    """Start a session and stop it at the end."""
    spark = spark_session(settings, app)
    try:
        yield spark
    finally:
        spark.stop()
