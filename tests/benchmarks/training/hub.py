"""A hub with releases of the development crowd's photos, and runs on it."""

from __future__ import annotations

import csv
import signal
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from deploy.local.postgres import Postgres
from deploy.local.preflight import free_port
from imagehub.catalogue import training_progress, training_runs
from imagehub.catalogue.database import Database
from imagehub.catalogue.migrate import migrate
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from imagehub.training_config import read
from tests import factories
from tests.labelled_release import labelled_release
from training.service import Trainer


@dataclass(frozen=True)
class Hub:
    """A catalogue and a store, and the crowd whose photos are released."""

    settings: Settings
    database: Database
    store: FolderStore
    crowd: Path

    def release(self, labels: int | None, photos_per_label: int | None) -> str:
        """A release of the crowd's good photos, of the labels that have most."""
        found: dict[str, list[bytes]] = {}
        with (self.crowd / "truth.csv").open() as rows:
            for row in csv.DictReader(rows):
                if row["kind"] == "good":
                    photo = (self.crowd / "photos" / f"{row['upload']}.jpg").read_bytes()
                    found.setdefault(row["true_label"], []).append(photo)
        most = sorted(found, key=lambda name: (-len(found[name]), name))[:labels]
        with self.database.transaction() as cursor:
            named = {factories.label(cursor, name): found[name][:photos_per_label] for name in most}
            return labelled_release(cursor, self.store, named)

    def run(self, release_id: str, master: str, **wish: Any) -> str:
        """Train on a release, and answer the run's id; fails if the run does."""
        with self.database.transaction() as cursor:
            config = read(wish).model_dump(mode="json")
            run_id = str(training_runs.queue(cursor, release_id, config))
        trainer = Trainer(replace(self.settings, spark_master=master), self.database)
        run = trainer.finish(run_id)
        if run.state != "done":
            raise SystemExit(f"The run {run_id} has {run.state}: {run.reason}")
        return run_id

    def photos_per_second(self, run_id: str) -> float:
        """The median over a run's epochs."""
        with self.database.transaction() as cursor:
            epochs = training_progress.epochs(cursor, run_id, 1)
        return statistics.median(one.photos_per_second for one in epochs)

    def metrics(self, run_id: str) -> Any:
        """What the run's model says of itself."""
        with self.database.transaction() as cursor:
            cursor.execute("select metrics from models where id = %s", (run_id,))
            return cursor.fetchone().metrics


@contextmanager
def training_hub(crowd: Path, models: Path) -> Iterator[Hub]:
    """Start a hub, and stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="bench-training-") as name:
        folder = Path(name)
        server = Postgres(folder / "postgres", free_port())
        process = server.start()
        settings = Settings(
            data=folder,
            catalogue_url=server.url,
            storage_url=f"folder:{folder / 'objects'}",
            models=models,
            spark_memory="1g",
        )
        database = Database(server.url)
        try:
            migrate(database)
            yield Hub(settings, database, FolderStore(str(folder / "objects")), crowd)
        finally:
            database.close()
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
