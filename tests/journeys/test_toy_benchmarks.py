"""The benchmark of training, run whole at a toy size."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from deploy.local.postgres import Postgres
from imagehub.catalogue.database import Database
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from tests.benchmarks.toy_figures import require_written
from tests.benchmarks.training import __main__ as training
from tests.training_hub import TrainingHub, shipped_photos, some

LABELS = 2

pytestmark = pytest.mark.timeout(900)


def test_the_training_benchmark_writes_its_figures(
    postgres_server: Postgres,
    catalogue_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(
        data=tmp_path,
        catalogue_url=catalogue_url,
        storage_url=f"folder:{tmp_path / 'objects'}",
        models=tmp_path / "models",
        spark_memory="1g",
    )
    store = FolderStore(str(tmp_path / "objects"))
    with closing(Database(catalogue_url)) as database:
        hub = TrainingHub(settings, database, store, postgres_server, [])
        training.measure(training.TOY, hub, some(shipped_photos(), LABELS, None))
    require_written(
        "training",
        [
            "plain_photos_per_second",
            "tfos_to_plain",
            "shards_to_synthetic",
            "shards_to_files",
            "heldout_accuracy",
            "tflite_agreement",
        ],
    )
