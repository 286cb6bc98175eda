"""A hub of its own with a release of real photos, a trainer as a process, and blows at them."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.demo.sample_crowd.scenes import shipped
from deploy.local.postgres import Postgres
from deploy.local.preflight import free_port
from imagehub.catalogue.database import Database
from imagehub.catalogue.migrate import migrate
from imagehub.catalogue.training import training_progress, training_runs
from imagehub.catalogue.training.training_progress import Epoch
from imagehub.catalogue.training.training_runs import RunState
from imagehub.errors import Unavailable
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from imagehub.training_config import read
from imagehub.vocabulary import Label
from tests import factories
from tests.labelled_release import labelled_release
from tests.spark.programs import ROOT
from training import processes

Photos = dict[str, list[bytes]]
RESTARTS = 20


def crowd_photos(crowd: Path) -> Photos:
    """The good photos of a crowd by what they show, the commonest thing first."""
    found: Photos = {}
    with (crowd / "truth.csv").open() as rows:
        for row in csv.DictReader(rows):
            if row["kind"] == "good":
                photo = (crowd / "photos" / f"{row['upload']}.jpg").read_bytes()
                found.setdefault(row["true_label"], []).append(photo)
    return {name: found[name] for name in sorted(found, key=lambda name: (-len(found[name]), name))}


def shipped_photos() -> Photos:
    """The sample photos by what they show."""
    found: Photos = {}
    for scene in shipped().crowd:
        found.setdefault(scene.label.name, []).append(scene.file.read_bytes())
    return found


def some(photos: Photos, labels: int | None, each: int | None) -> Photos:
    """The first photos of the first labels."""
    return {name: photos[name][:each] for name in list(photos)[:labels]}


@dataclass(frozen=True)
class TrainingHub:
    """A catalogue and a store of its own, and the trainer's settings."""

    settings: Settings
    database: Database
    store: FolderStore
    server: Postgres
    postgres: list[subprocess.Popen[bytes]]

    def release(self, photos: Photos) -> str:
        """A release of these photos; answer its id."""
        with self.database.transaction() as cursor:
            named: dict[Label, Sequence[bytes]] = {
                factories.label(cursor, name): some for name, some in photos.items()
            }
            return labelled_release(cursor, self.store, named)

    def queue(self, release_id: str, **wish: Any) -> str:
        """Queue a run on a release; answer its id."""
        with self.database.transaction() as cursor:
            config = read(wish).model_dump(mode="json")
            return str(training_runs.queue(cursor, release_id, config))

    def run(self, run_id: str) -> RunState:
        """The run as it stands."""
        with self.database.transaction() as cursor:
            found = training_runs.find(cursor, run_id)
        assert found is not None
        return found

    def epochs(self, run_id: str, attempt: int | None = None) -> list[Epoch]:
        """What the workers of an attempt, the newest if none is named, said after each epoch."""
        number = attempt or self.run(run_id).attempt
        with self.database.transaction() as cursor:
            return training_progress.epochs(cursor, run_id, number)

    def model(self, run_id: str) -> Any:
        """The labels, metrics and files of the run's model."""
        with self.database.transaction() as cursor:
            cursor.execute("select labels, metrics, files from models where id = %s", (run_id,))
            return cursor.fetchone()

    @contextmanager
    def trainer(self) -> Iterator[subprocess.Popen[bytes]]:
        """`python -m training serve` as a process; killed at the end if it still runs."""
        log = self.settings.data / "trainer.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "training", "serve"],
                cwd=ROOT,
                env=self.settings.for_child(),
                stdout=output,
                stderr=output,
            )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)

    def kill_postgres(self) -> None:
        """SIGKILL the catalogue, and start it again as a supervisor does."""
        self.postgres[-1].kill()
        self.postgres[-1].wait(30)
        for _ in range(RESTARTS):  # the old one's processes may take a moment to end
            with suppress(Unavailable):
                self.postgres.append(self.server.start())
                return
            time.sleep(1.0)
        raise AssertionError("Postgres did not start again.")


@contextmanager
def training_hub(models: Path, spark_master: str) -> Iterator[TrainingHub]:
    """Start a hub, and stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="training-hub-") as name:
        folder = Path(name)
        server = Postgres(folder / "postgres", free_port())
        postgres = [server.start()]
        settings = Settings(
            data=folder,
            catalogue_url=server.url,
            storage_url=f"folder:{folder / 'objects'}",
            models=models,
            spark_master=spark_master,
            spark_memory="1g",
        )
        database = Database(server.url)
        try:
            migrate(database)
            store = FolderStore(str(folder / "objects"))
            yield TrainingHub(settings, database, store, server, postgres)
        finally:
            database.close()
            postgres[-1].send_signal(signal.SIGINT)
            postgres[-1].wait(timeout=30)


def kill(run_id: str, program: bytes) -> None:
    """SIGKILL the process of a run with this in its command line that uses most memory."""
    found = [pid for pid in processes.alive(run_id) if program in _command(pid)]
    os.kill(max(found, key=_resident_pages), signal.SIGKILL)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _resident_pages(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
