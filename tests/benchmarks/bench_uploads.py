"""Uploads acknowledged each second, beside routes that only read the body or only keep it.

All run under one gunicorn, sent by one client, in turns: null sink, durable sink, uploads, null
sink, ... First with the embedded log, in Postgres; then with the log in Kafka (`_kafka`).
"""

from __future__ import annotations

import http.client
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.figures import write_figures
from deploy.local.postgres import Postgres
from imagehub.catalogue.database import Database
from imagehub.catalogue.labels.labels import import_boxable
from imagehub.catalogue.migrate import migrate
from imagehub.settings import Settings
from tests import factories, photos
from tests.benchmarks import null_sink
from tests.servers.kafka import Kafka

CLIENTS = 16
SECONDS = 1.5
ROUNDS = 3
SIZES = {"200kB": 200_000, "3MB": 3_000_000}
UPLOAD = "/api/v1/uploads?label=Dog"


@dataclass(frozen=True)
class Hub:
    """Where to send, and as whom."""

    port: int
    token: str


def main() -> None:
    """Measure, print and write `build/figures/uploads.json`."""
    figures: dict[str, float | None] = {}
    for with_kafka, suffix in ((False, ""), (True, "_kafka")):
        with running_hub(with_kafka) as hub:
            for name, size_bytes in SIZES.items():
                figures |= measured(hub, photo_of(size_bytes), f"{name}{suffix}")
    for name, number in figures.items():
        print(f"{name:42} {number}")
    write_figures("uploads", **figures)


def measured(hub: Hub, photo: bytes, name: str) -> dict[str, float]:
    """The figures of one photo and one log."""
    send(hub, UPLOAD, photo, seconds=1.0)
    sinks, durables, uploads = [], [], []
    for _ in range(ROUNDS):
        sinks.append(send(hub, null_sink.PATH, photo, SECONDS))
        durables.append(send(hub, null_sink.DURABLE_PATH, photo, SECONDS))
        uploads.append(send(hub, UPLOAD, photo, SECONDS))
    sinks.append(send(hub, null_sink.PATH, photo, SECONDS))
    around = [(sinks[n] + sinks[n + 1]) / 2 for n in range(ROUNDS)]
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


def send(hub: Hub, path: str, photo: bytes, seconds: float) -> float:
    """Send the photo from all clients for some seconds; answers of 202 a second."""
    counts: list[int] = []
    until = time.monotonic() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
        count = 0
        while time.monotonic() < until:
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
    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    if len(counts) < CLIENTS:
        raise RuntimeError("a client failed; what it met is printed above")
    return sum(counts) / (time.monotonic() - started_at)


def photo_of(size_bytes: int) -> bytes:
    """A JPEG of this size; what it has too little is hung behind its end."""
    photo = photos.jpeg(1, 640, 480)
    return photo + bytes(size_bytes - len(photo))


@contextmanager
def running_hub(with_kafka: bool) -> Iterator[Hub]:
    """A web server with the sinks, and a Postgres that is the catalogue and may be the log."""
    with TemporaryDirectory(prefix="imagehub-bench-") as folder, ExitStack() as servers:
        postgres = Postgres(Path(folder) / "postgres", _free_port())
        servers.callback(_stop, postgres.start())
        log_url = "postgres:"
        if with_kafka:
            kafka = Kafka(Path(folder) / "kafka", _free_port())
            servers.callback(_stop, kafka.start())
            log_url = kafka.url
        settings = Settings(
            data=Path(folder), catalogue_url=postgres.url, log_url=log_url, web_port=_free_port()
        )
        web = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.null_sink"],
            env=settings.for_child(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            database = Database(postgres.url)
            migrate(database)
            import_boxable(database)
            with database.transaction() as cursor:
                token = factories.token(cursor, factories.account(cursor))
            database.close()
            _wait(settings.web_port)
            yield Hub(settings.web_port, token)
        finally:
            web.terminate()
            web.wait(timeout=30)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)
    server.wait(timeout=30)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the web server did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
