"""A hub in small for tests of ingestion: send uploads, land them, look at what there is."""

from __future__ import annotations

import hashlib
import os
import random
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imagehub import messages
from imagehub.catalogue.database import Database
from imagehub.log.kafka import KafkaLog
from imagehub.log.postgres import PostgresLog
from imagehub.log.protocol import UploadLog
from imagehub.messages import Message
from imagehub.photo import LandedPhoto, land
from imagehub.storage.folder import FolderStore
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import Account, Label, Upload, UploadMetadata
from ingestion.consumer import BATCH_MESSAGES, Consumer
from ingestion.failpoints import Failpoints
from ingestion.pipeline import Pipeline
from tests.photos import jpeg

ACCEPTED_AT = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
TABLES = (
    "images",
    "uploads",
    "landing_counts",
    "ingestion_attempts",
    "dead_letters",
    "ingestion_lines",
)
Row = dict[str, Any]


@dataclass
class SmallHub:
    """One catalogue, one folder of objects, one topic; opened anew for every program."""

    url: str
    folder: Path
    account: Account
    label: Label
    topic: str = "uploads"
    kafka: str | None = None
    kafka_member_seconds: float = 3

    def __post_init__(self) -> None:
        self.database = Database(self.url)

    def open_log(self, topic: str) -> UploadLog:
        """Open a topic of Kafka where there is one, else of the catalogue."""
        if self.kafka:
            return KafkaLog(topic, [self.kafka], self.kafka_member_seconds)
        return PostgresLog(topic, self.url)

    def pipeline(
        self,
        decode: Callable[[bytes], LandedPhoto] = land,
        store: ObjectStore | None = None,
        failpoints: Failpoints | None = None,
    ) -> Pipeline:
        """A pipeline with resources of its own; photos are decoded in this process unless said."""
        return Pipeline(
            database=Database(self.url),
            store=store or FolderStore(str(self.folder)),
            log=self.open_log(self.topic),
            dead_letters=self.open_log(f"{self.topic}-dead-letters"),
            decode=decode,
            failpoints=failpoints or Failpoints(),
        )

    def upload(self, photo: bytes, **changes: Any) -> Upload:
        """An upload of the photo by the hub's one account as its one label."""
        fields: dict[str, Any] = {
            "id": uuid.uuid4(),
            "account_id": self.account.id,
            "claimed_label": self.label.mid,
            "photo_sha256": hashlib.sha256(photo).hexdigest(),
            "accepted_at": ACCEPTED_AT,
            "metadata": UploadMetadata(),
        }
        return Upload(**(fields | changes))

    def message(self, photo: bytes, **changes: Any) -> Message:
        """The message of such an upload."""
        return messages.encode(self.upload(photo, **changes), photo)

    def send(self, *sent: Message) -> None:
        """Append messages to the topic."""
        log = self.open_log(self.topic)
        for message in sent:
            log.append(message)
        log.close()

    def land_all(
        self, pipeline: Pipeline | None = None, batch_messages: int = BATCH_MESSAGES
    ) -> None:
        """Land all that waits, in this process."""
        pipeline = pipeline or self.pipeline()
        Consumer(pipeline, workers=2, batch_messages=batch_messages).run(
            threading.Event(), until_empty=True
        )
        pipeline.log.close()
        pipeline.dead_letters.close()

    def land_in_a_process(
        self,
        failpoints: Failpoints,
        batch_messages: int = 1,
        decode: Callable[[bytes], LandedPhoto] = land,
    ) -> int:
        """Land all that waits in a forked process; return its exit status, negative by signal."""
        return in_a_process(
            lambda: self.land_all(self.pipeline(decode, failpoints=failpoints), batch_messages)
        )

    def rows(self, table: str, *left_out: str) -> list[Row]:
        """All rows of a table, in order, without some columns."""
        with self.database.transaction() as cursor:
            cursor.execute(f"select xmin::text as written_by, t.* from {table} t")
            rows = [row._asdict() for row in cursor.fetchall()]
        kept = [
            {name: _plain(v) for name, v in row.items() if name not in left_out} for row in rows
        ]
        return sorted(kept, key=repr)

    def written(self) -> dict[str, list[Row]]:
        """All that ingestion wrote to the catalogue, with who wrote it when."""
        return {table: self.rows(table) for table in TABLES}

    def result(self, *left_out: str) -> dict[str, list[Row]]:
        """All that ingestion wrote, without times."""
        times = (
            *("written_by", "landed_at", "landed_in", "settled_at"),
            *("set_aside_at", "first_at", "topic"),
        )
        return {table: self.rows(table, *times, *left_out) for table in TABLES}

    def objects(self) -> dict[str, str]:
        """Key -> digest of every object."""
        store = FolderStore(str(self.folder))
        return {key: hashlib.sha256(store.get(key)).hexdigest() for key in store.keys("")}

    def dead_letters(self) -> list[Message]:
        """All messages that were set aside."""
        log = self.open_log(f"{self.topic}-dead-letters")
        group = f"reader-{uuid.uuid4().hex}"
        consumer = log.consumer(group)
        found: list[Message] = []
        deadline = time.monotonic() + 60
        count = log.lag(group)
        while len(found) < count and time.monotonic() < deadline:
            found += [received.message for received in consumer.poll(500, 0.2)]
        consumer.close()
        log.close()
        return found

    def start_over(self, topic: str, folder: Path) -> None:
        """Forget all that was landed; use another topic and folder."""
        with self.database.transaction() as cursor:
            cursor.execute(
                "truncate images, uploads, ingestion_attempts, dead_letters, ingestion_lines"
                " cascade"
            )
            cursor.execute("update landing_counts set total = 0")
        self.topic, self.folder = topic, folder


def in_a_process(run: Callable[[], None]) -> int:
    """Run in a forked process; return its exit status, negative by signal."""
    child = os.fork()
    if child == 0:
        try:
            run()
            os._exit(0)
        except BaseException:  # noqa: BLE001 the fork must never return into the test
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _plain(value: Any) -> Any:
    if isinstance(value, memoryview):
        return value.tobytes()
    return str(value) if isinstance(value, uuid.UUID) else value


def small(seed: int) -> bytes:
    """A small photo, quick to land."""
    return jpeg(seed, 80, 64)


def counts(hub: SmallHub) -> dict[str, int]:
    """The landing counts by name."""
    return {row["name"]: row["total"] for row in hub.rows("landing_counts")}


def a_mixed_load(hub: SmallHub, count: int) -> list[Message]:
    """Good photos, exact duplicates, refused ones and dead letters, in a settled order."""
    dice = random.Random(7)
    made = []
    for number in range(count):
        upload_id = uuid.UUID(int=dice.getrandbits(128), version=4)
        photo = {3: small(0), 5: small(number)[:200], 8: b"no photo"}.get(
            number % 10, small(number)
        )
        account_id = uuid.UUID(int=1) if number % 25 == 24 else hub.account.id
        made.append(hub.message(photo, id=upload_id, account_id=account_id))
    return made
