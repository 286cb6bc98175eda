"""What happens to the upload log when its server dies or freezes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sized
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deploy.local.postgres import Postgres
from imagehub.catalogue.database import Database
from imagehub.catalogue.migrate import migrate
from imagehub.errors import Unavailable
from imagehub.log.kafka import KafkaLog
from imagehub.log.postgres import PostgresLog
from imagehub.log.protocol import LogConsumer, UploadLog
from imagehub.messages import Message
from tests.servers.kafka import Kafka
from tests.services.conftest import Restartable
from tests.services.logs import read, wait_until

logging.getLogger("kafka").setLevel(logging.CRITICAL)  # it reports every attempt to connect

PATIENCE_SECONDS = 12
"""Within this a call says that the log is down."""


@dataclass
class Breakable:
    """A log, and the server that it is on."""

    server: Restartable
    log: UploadLog


@pytest.fixture(scope="module", params=["postgres", "kafka"])
def server(request: pytest.FixtureRequest, free_port: Callable[[], int]) -> Iterator[Restartable]:
    """A server that these tests alone use."""
    with TemporaryDirectory(prefix=f"imagehub-{request.param}-") as name:
        folder = Path(name)
        if request.param == "postgres":
            server = Restartable(Postgres(folder, free_port()))
            database = Database(server.server.url)
            migrate(database)
            database.close()
        else:
            server = Restartable(Kafka(folder, free_port()))
        yield server
        server.kill()


@pytest.fixture
def breakable(server: Restartable, topic: str) -> Iterator[Breakable]:
    log = open_log(server, topic)
    yield Breakable(server, log)
    log.close()


def open_log(server: Restartable, topic: str) -> UploadLog:
    if isinstance(server.server, Kafka):
        return KafkaLog(topic, [f"127.0.0.1:{server.server.port}"])
    return PostgresLog(topic, server.server.url)


def message(name: str) -> Message:
    return Message(name, {}, name.encode() * 1000)


class Writers:
    """Threads that append until they are told to stop, and note what was acknowledged."""

    def __init__(self, log: UploadLog, count: int) -> None:
        self.acknowledged: list[str] = []
        self.was_refused = threading.Event()
        self._log = log
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def _write(self, writer: int) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            try:
                self._log.append(message(f"{writer}-{number}"))
            except Unavailable:
                self.was_refused.set()
            else:
                self.acknowledged.append(f"{writer}-{number}")
            time.sleep(0.005)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


class Reader:
    """A thread that reads and commits until it is told to stop."""

    def __init__(self, consumer: LogConsumer) -> None:
        self.read: set[str] = set()
        self.was_refused = threading.Event()
        self._consumer = consumer
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                batch = self._consumer.poll(20, timeout_seconds=0.5)
                self.read |= {record.message.key for record in batch}
                self._consumer.commit([record.position for record in batch])
            except Unavailable:
                self.was_refused.set()
                time.sleep(0.1)
        self._consumer.close()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


def test_a_killed_server_loses_nothing_acknowledged_and_all_go_on_by_themselves(
    breakable: Breakable,
) -> None:
    server, log = breakable.server, breakable.log
    log.append(message("first"))
    writers, reader = Writers(log, 4), Reader(log.consumer("g"))
    for _ in range(2 if isinstance(server.server, Postgres) else 1):
        wait_until(lambda: len(reader.read) > 20)
        writers.was_refused.clear()
        reader.was_refused.clear()
        server.kill()
        assert writers.was_refused.wait(PATIENCE_SECONDS)
        assert reader.was_refused.wait(PATIENCE_SECONDS)
        server.start()
        grows(writers.acknowledged)
        grows(reader.read)
    writers.stop()
    wait_until(lambda: reader.read >= set(writers.acknowledged))
    reader.stop()
    assert log.lag("g") == 0


def test_every_call_says_within_seconds_that_the_server_is_down(breakable: Breakable) -> None:
    server, log = breakable.server, breakable.log
    log.append(message("first"))
    consumer, newcomer = log.consumer("g"), log.consumer("g2")
    (received,) = read(consumer, 1)
    fresh = open_log(server, log.topic)
    server.kill()
    try:
        refused_in_time(
            [lambda: log.append(message("second"))],
            [
                lambda: consumer.poll(1, timeout_seconds=0.5),
                lambda: consumer.commit([received.position]),
            ],
            [lambda: newcomer.poll(1, timeout_seconds=0.5)],
            [lambda: log.lag("g")],
            *[[lambda: fresh.append(message("third"))]] * 8,
        )
        began = time.monotonic()
        consumer.close()
        assert time.monotonic() - began < PATIENCE_SECONDS
    finally:
        server.start()
    log.append(message("fourth"))
    assert log.lag("g") >= 2  # an append that failed may yet have reached the disk
    fresh.close()


@pytest.mark.parametrize("server", ["kafka"], indirect=True)  # nothing is promised of a Postgres
def test_a_frozen_broker_is_down_and_found_again(breakable: Breakable) -> None:
    server, log = breakable.server, breakable.log
    log.append(message("first"))
    consumer = log.consumer("g")
    read(consumer, 1)
    server.freeze()
    try:
        refused_in_time(
            [lambda: log.append(message("second"))],
            [lambda: consumer.poll(1, timeout_seconds=0.5)],
            [lambda: log.lag("g")],
        )
    finally:
        server.thaw()
    wait_until(lambda: appended(log))
    read(consumer, 1)
    consumer.close()


def refused_in_time(*lines: list[Callable[[], object]]) -> None:
    """Make the calls of all lines at once, those of one line in turn: each is Unavailable soon."""

    def run(line: list[Callable[[], object]]) -> None:
        for call in line:
            began = time.monotonic()
            with pytest.raises(Unavailable):
                call()
            assert time.monotonic() - began < PATIENCE_SECONDS

    with ThreadPoolExecutor(len(lines)) as callers:
        list(callers.map(run, lines))


def appended(log: UploadLog) -> bool:
    try:
        log.append(message("again"))
    except Unavailable:
        return False
    return True


def grows(noted: Sized) -> None:
    before = len(noted)
    wait_until(lambda: len(noted) > before + 20)
