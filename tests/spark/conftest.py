"""One warm Spark session for all tests of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from spark_jobs.session import spark_session


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """Spark with two worker threads on this machine."""
    session = spark_session(Settings(spark_master="local[2]", spark_memory="1g"), "tests")
    yield session
    session.stop()


@pytest.fixture
def settings(catalogue_url: str, tmp_path: Path) -> Settings:
    """Settings of a hub whose catalogue and folders are the test's own."""
    return Settings(
        data=tmp_path,
        catalogue_url=catalogue_url,
        storage_url=f"folder:{tmp_path / 'objects'}",
        models=tmp_path / "models",
        signing_key=tmp_path / "signing-key.pem",
        spark_master="local[2]",
    )


@pytest.fixture
def store(settings: Settings) -> FolderStore:
    """The object store of those settings."""
    return FolderStore(settings.storage_url.partition(":")[2])
