"""Uploads acknowledged each second, beside routes that only read the body or only keep it.

All run under one server, sent by one client, in turns: null sink, durable sink, uploads, null
sink, ... First with the embedded log, in Postgres; then with the log in Kafka (`_kafka`).
"""

from __future__ import annotations

import http.client
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from deploy.local.preflight import free_port
from imagehub.catalogue.database import Database
from imagehub.catalogue.labels.labels import import_boxable
from imagehub.settings import Settings
from tests import factories, photos
from tests.benchmarks import null_sink
from tests.benchmarks.parts import report, running_postgres
from tests.servers.kafka import Kafka
from tests.spark.programs import ROOT

PHOTO_BYTES = {"200kB": 200_000, "3MB": 3_000_000}
UPLOAD = "/api/v1/uploads?label=Dog"
START_SECONDS = 60


@dataclass(frozen=True)
class UploadSizes:
    """How many clients send for how long, and how often each way has its turn."""

    clients: int
    rounds: int
    seconds: float
    warm_up_seconds: float


FULL = UploadSizes(clients=16, rounds=3, seconds=1.5, warm_up_seconds=1.0)
TOY = UploadSizes(clients=2, rounds=1, seconds=0.05, warm_up_seconds=0.05)


@dataclass(frozen=True)
class Hub:
    """Where to send, and as whom."""

    port: int
    token: str


def main() -> None:
    """Start what is needed, measure and report."""
    with TemporaryDirectory(prefix="bench-kafka-") as folder, running_postgres() as catalogue_url:
        with closing(Database(catalogue_url)) as database:
            import_boxable(database)
        kafka = Kafka(Path(folder), free_port())
        process = kafka.start()
        try:
            run(FULL, catalogue_url, kafka.url)
        finally:
            process.terminate()
            process.wait(timeout=60)


def run(sizes: UploadSizes, catalogue_url: str, kafka_url: str) -> dict[str, float]:
    """Measure, write `build/figures/uploads.json` and return the figures."""
    figures: dict[str, float] = {}
    for log_url, suffix in (("postgres:", ""), (kafka_url, "_kafka")):
        with running_hub(catalogue_url, log_url) as hub:
            for name, size_bytes in PHOTO_BYTES.items():
                figures |= measured(hub, photo_of(size_bytes), f"{name}{suffix}", sizes)
    report("uploads", figures)
    return figures


def measured(hub: Hub, photo: bytes, name: str, sizes: UploadSizes) -> dict[str, float]:
    """The figures of one photo and one log."""

    def rate(path: str) -> float:
        return send(hub, path, photo, sizes.clients, sizes.seconds)

    send(hub, UPLOAD, photo, sizes.clients, sizes.warm_up_seconds)
    sinks, durables, uploads = [], [], []
    for _ in range(sizes.rounds):
        sinks.append(rate(null_sink.PATH))
        durables.append(rate(null_sink.DURABLE_PATH))
        uploads.append(rate(UPLOAD))
    sinks.append(rate(null_sink.PATH))
    around = [(sinks[n] + sinks[n + 1]) / 2 for n in range(sizes.rounds)]
    ratios = [upload / sink for upload, sink in zip(uploads, around, strict=True)]
    durable_ratios = [upload / sink for upload, sink in zip(uploads, durables, strict=True)]
    return {
        f"uploads_per_second_{name}": round(statistics.median(uploads), 1),
        f"null_sink_per_second_{name}": round(statistics.median(sinks), 1),
        f"durable_sink_per_second_{name}": round(statistics.median(durables), 1),
        f"uploads_to_null_sink_{name}": round(statistics.median(ratios), 3),
        f"uploads_to_null_sink_{name}_lowest": round(min(ratios), 3),
        f"uploads_to_null_sink_{name}_highest": round(max(ratios), 3),
        f"uploads_to_durable_sink_{name}": round(statistics.median(durable_ratios), 3),
    }


def send(hub: Hub, path: str, photo: bytes, clients: int, seconds: float) -> float:
    """Send the photo from all clients for some seconds; answers of 202 a second."""
    counts: list[int] = []
    until = time.monotonic() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
        count = 0
        while count == 0 or time.monotonic() < until:
            headers = {
                "Authorization": f"Bearer {hub.token}",
                "Content-Type": "image/jpeg",
                "Idempotency-Key": str(uuid.uuid4()),
            }
            connection.request("POST", path, photo, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 202:
                raise RuntimeError(f"{path} was answered with {answer.status}")
            count += 1
        connection.close()
        counts.append(count)

    started_at = time.monotonic()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(counts) < clients:
        raise RuntimeError("a client failed; what it met is printed above")
    return sum(counts) / (time.monotonic() - started_at)


def photo_of(size_bytes: int) -> bytes:
    """A JPEG of this size; what it has too little is hung behind its end."""
    photo = photos.jpeg(1, 640, 480)
    return photo + bytes(size_bytes - len(photo))


@contextmanager
def running_hub(catalogue_url: str, log_url: str) -> Iterator[Hub]:
    """A web server with the sinks, over a catalogue that knows the label."""
    with TemporaryDirectory(prefix="bench-uploads-") as folder:
        settings = Settings(
            data=Path(folder),
            catalogue_url=catalogue_url,
            log_url=log_url,
            log_topic=f"uploads-{uuid.uuid4().hex}",
            web_port=free_port(),
        )
        web = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.null_sink"],
            cwd=ROOT,
            env=settings.for_child(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with closing(Database(catalogue_url)) as database, database.transaction() as cursor:
                token = factories.token(cursor, factories.account(cursor))
            wait_for(settings.web_port)
            yield Hub(settings.web_port, token)
        finally:
            web.terminate()
            web.wait(timeout=30)


def wait_for(port: int) -> None:
    """Return when the server answers; raise RuntimeError if it does not in time."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.05)
    raise RuntimeError("the web server did not start")
