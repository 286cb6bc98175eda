"""One warm Spark session for all tests of jobs, and a small hub of drawings to verify."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from imagehub.catalogue.database import Database
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from spark_jobs import jobs
from spark_jobs.session import spark_session
from tests.factories.uploads import Photo
from tests.spark.drawn_hub import drawn_photos


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """Spark with two worker threads on this machine."""
    session = spark_session(Settings(spark_master="local[2]", spark_memory="1g"), "tests")
    yield session
    session.stop()


@pytest.fixture
def settings(catalogue_url: str, tmp_path: Path) -> Settings:
    """Settings of a hub whose catalogue and folders are the test's own.

    It looks with the network made in code, whose work is telling drawings apart.
    """
    return Settings(
        data=tmp_path,
        catalogue_url=catalogue_url,
        storage_url=f"folder:{tmp_path / 'objects'}",
        models=tmp_path / "models",
        embedding_network="drawn",
        class_network="none",
        signing_key=tmp_path / "signing-key.pem",
        spark_master="local[2]",
    )


@pytest.fixture
def store(settings: Settings) -> FolderStore:
    """The object store of those settings."""
    return FolderStore(settings.storage_url.partition(":")[2])


@pytest.fixture
def verify_once(
    spark: SparkSession, settings: Settings, database: Database, store: FolderStore
) -> Callable[[], dict[str, int]]:
    """Do the job verify once."""
    return lambda: jobs.execute("verify", settings, spark, database, store)


@pytest.fixture
def drawings(database: Database, store: FolderStore) -> dict[str, list[Photo]]:
    """Three labels of twelve drawings each, and one more claimed as Circle that shows a grid."""
    return drawn_photos(database, store)
