"""An embedded hub for a crowd: Postgres, a folder of objects and Spark on all cores."""

from __future__ import annotations

import io
import logging
import tempfile
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from imagehub import messages
from imagehub.catalogue.accounts import accounts
from imagehub.catalogue.database import Database
from imagehub.catalogue.labels.labels import boxable_taxonomy, import_boxable, import_taxonomy
from imagehub.errors import Unavailable
from imagehub.log.postgres import PostgresLog
from imagehub.photo import digest, land
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from imagehub.taxonomy import Taxonomy
from imagehub.vocabulary import Label, Role, Upload, UploadMetadata
from ingestion.consumer import Consumer
from ingestion.pipeline import Pipeline
from ingestion.simulation.crowd import Crowd, CrowdUpload
from spark_jobs import jobs
from tests.benchmarks.parts import copied_catalogue, running_postgres, running_spark

LANDED_AT_ONCE = 2
GROUPED_EVERY_BATCHES = 2
JOBS = ("verify", "cluster")
LOOKED_AT = ("images", "verification_versions", "image_checks")
"""The tables that say what is in the photos, whoever sent them as whatever."""

MOST_ROUNDS = 60
"""So often may the jobs say that work is left before we call it a fault."""


@dataclass(frozen=True)
class Hub:
    """A hub that nobody but the benchmark uses."""

    settings: Settings
    database: Database
    spark: Any

    @cached_property
    def store(self) -> FolderStore:
        """Where the photos lie."""
        return FolderStore(self.settings.storage_url.partition(":")[2])

    def receive(self, crowd: Crowd, batches: int, is_grouped: bool = True) -> None:
        """Land a crowd in batches and verify after each until nothing waits.

        After every second batch also `cluster`, unless nobody asks for duplicate groups.
        """
        _add_labels(self.database, crowd)
        with self.database.transaction() as cursor:
            people = {
                name: accounts.create_account(cursor, name, [Role.CONTRIBUTOR])
                for name in crowd.contributors
            }
        for number, batch in enumerate(in_batches(crowd.uploads, batches), start=1):
            self._land(batch, people)
            with_cluster = is_grouped and number % GROUPED_EVERY_BATCHES == 0
            self._work(JOBS if with_cluster else JOBS[:1])

    def _adopt_looks(self, other: Hub) -> None:
        """Take over another hub's images and what it saw in them, but nothing that people said."""
        for table in LOOKED_AT:
            rows = io.BytesIO()
            with other.database.transaction() as cursor:
                cursor.copy_expert(f"copy {table} to stdout (format binary)", rows)
            rows.seek(0)
            with self.database.transaction() as cursor:
                cursor.copy_expert(f"copy {table} from stdin (format binary)", rows)
        with self.database.transaction() as cursor:
            cursor.execute(
                "select setval(pg_get_serial_sequence('verification_versions', 'version'),"
                " (select max(version) from verification_versions))"
            )

    def _land(self, batch: Sequence[CrowdUpload], people: dict[str, uuid.UUID]) -> None:
        log = PostgresLog("uploads", self.settings.catalogue_url)
        dead_letters = PostgresLog("dead-letters", self.settings.catalogue_url)
        with closing(log), closing(dead_letters):
            for upload in batch:
                log.append(_message(upload, people[upload.contributor]))
            pipeline = Pipeline(self.database, self.store, log, dead_letters, land)
            Consumer(pipeline, LANDED_AT_ONCE).run(threading.Event(), until_empty=True)

    def _work(self, names: Sequence[str]) -> None:
        """Run the jobs until none has work; raise Unavailable if that does not end."""
        for _ in range(MOST_ROUNDS):
            due = [name for name in names if jobs.load(name).has_work(self.database)]
            if not due:
                return
            for name in due:
                jobs.execute(name, self.settings, self.spark, self.database, self.store)
        raise Unavailable(f"After {MOST_ROUNDS} rounds {' and '.join(due)} still had work.")


@dataclass(frozen=True)
class Machine:
    """One Postgres and one Spark session, in which hubs can be opened one after the other."""

    folder: Path
    settings: Settings
    spark: Any

    @contextmanager
    def hub(self, seen_by: Hub | None = None) -> Iterator[Hub]:
        """Open an empty hub, or one that knows the photos that another has seen."""
        with (
            copied_catalogue(self.settings.catalogue_url) as url,
            closing(Database(url)) as database,
        ):
            import_boxable(database)
            settings = replace(
                self.settings,
                catalogue_url=url,
                storage_url=f"folder:{self.folder / 'objects'}",
            )
            hub = Hub(settings, database, self.spark)
            if seen_by is not None:
                hub._adopt_looks(seen_by)
            yield hub


@contextmanager
def running_machine() -> Iterator[Machine]:
    """Start Postgres and Spark; a folder of networks is used only if IMAGEHUB_MODELS names it."""
    logging.getLogger("ingestion").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="bench-curation-") as name, running_postgres() as url:
        folder = Path(name)
        settings = replace(
            Settings.from_environment(),
            data=folder,
            catalogue_url=url,
            spark_master="local[*]",
            spark_memory="1g",
        )
        with running_spark(settings, "bench-curation") as spark:
            yield Machine(folder, settings, spark)


def in_batches(uploads: Sequence[CrowdUpload], batches: int) -> list[Sequence[CrowdUpload]]:
    """Cut into so many parts in order, of about equal size."""
    edges = [len(uploads) * part // batches for part in range(batches + 1)]
    return [uploads[first:stop] for first, stop in pairwise(edges)]


def _add_labels(database: Database, crowd: Crowd) -> None:
    """Give the hub the classes that this crowd claims beyond the boxable ones."""
    claimed = {upload.mid: Label(upload.mid, upload.label) for upload in crowd.uploads}
    known = {label.mid for label in boxable_taxonomy().labels}
    missing = tuple(label for mid, label in sorted(claimed.items()) if mid not in known)
    if missing:
        import_taxonomy(database, Taxonomy(missing, frozenset()))


def _message(sent: CrowdUpload, account_id: uuid.UUID) -> messages.Message:
    photo = sent.file.read_bytes()
    taken_at = datetime.fromisoformat(sent.taken_at)
    return messages.encode(
        Upload(
            id=sent.id,
            account_id=account_id,
            claimed_label=sent.mid,
            photo_sha256=digest(photo),
            accepted_at=taken_at,
            metadata=UploadMetadata(
                taken_at=taken_at,
                latitude=float(sent.latitude),
                longitude=float(sent.longitude),
                device="simulated phone",
            ),
        ),
        photo,
    )
