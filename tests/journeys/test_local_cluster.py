"""All jobs on a Spark cluster: two executors in processes of their own, and `spark-submit`."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyspark
import pytest

from deploy.demo.sample_crowd.scenes import read_scenes
from imagehub import manifest as manifests
from imagehub.catalogue.database import Database
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from imagehub.vocabulary import Label
from tests import factories
from tests.spark.near_copies import copy_of
from tests.spark.programs import ROOT, answer, jobs_program, wait_for

PER_LABEL = 14


@pytest.fixture
def settings(catalogue_url: str, tmp_path: Path) -> Settings:
    """A hub whose jobs run on a cluster of two workers with one core each."""
    return Settings(
        data=tmp_path,
        catalogue_url=catalogue_url,
        storage_url=f"folder:{tmp_path / 'objects'}",
        models=tmp_path / "models",
        signing_key=tmp_path / "signing-key.pem",
        spark_master="local-cluster[2,1,2048]",
        spark_memory="1g",
    )


def land_photos(database: Database, store: FolderStore) -> tuple[Label, str]:
    """Thirty photos of two labels below one; returns that one and the id of a copy's image."""
    with database.transaction() as cursor:
        thing = factories.label(cursor, "Thing")
        for name in ("Orange", "Umbrella"):
            claimed = factories.label(cursor, name, is_a=[thing])
            photos = [scene.file for scene in read_scenes() if scene.label.name == name]
            for photo in photos[:PER_LABEL]:
                jpeg = photo.read_bytes()
                factories.photo(cursor, claimed, store=store, jpeg=jpeg, size=(384, 288))
            mirrored = copy_of(photos[0].read_bytes(), "mirrored")
            copy = factories.photo(cursor, claimed, store=store, jpeg=mirrored, size=(192, 144))
    return thing, copy.image_id


def ask_for_release(database: Database, label: Label) -> str:
    with database.transaction() as cursor:
        return factories.release_request(cursor, factories.subset(cursor, [label], "things"))


def test_photos_become_a_release_on_a_cluster_of_executors(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    store = FolderStore(str(tmp_path / "objects"))
    thing, copy = land_photos(database, store)
    with jobs_program(settings, "watch"):
        wait_for(lambda: answer(database, "select count(*) from label_set_versions") == 1)
        release_id = ask_for_release(database, thing)
        wait_for(lambda: answer(database, "select count(*) from releases") == 1)
    assert answer(database, "select count(*) from job_runs where state = 'failed'") == 0
    assert answer(database, f"select keeper_id from duplicates where image_id = '{copy}'")
    files = manifests.read(store.get(keys.release_manifest(release_id))).files
    assert len(files) > PER_LABEL
    assert copy not in {file.image_id for file in files}
    assert len({file.label for file in files}) == 1


def test_spark_submit_runs_a_job(database: Database, settings: Settings, tmp_path: Path) -> None:
    store = FolderStore(str(tmp_path / "objects"))
    with database.transaction() as cursor:
        dog = factories.label(cursor, "Dog")
        for _ in range(3):
            factories.verified_photo(cursor, dog, store=store, size=(160, 120))
        factories.publish_label_sets(cursor)
    ask_for_release(database, dog)
    submitted = subprocess.run(
        [
            str(Path(pyspark.__file__).parent / "bin" / "spark-submit"),
            *("--master", "local[1]", "--conf", "spark.driver.memory=512m"),
            *(str(ROOT / "spark_jobs" / "__main__.py"), "release"),
        ],
        env={
            **os.environ,
            **replace(settings, spark_master="spark://127.0.0.1:1").to_environment(),
            "PYSPARK_PYTHON": sys.executable,
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert submitted.returncode == 0, submitted.stderr
    assert answer(database, "select files from releases") == 3
