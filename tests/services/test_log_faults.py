"""What happens to the upload log when its server dies, freezes, or is not made for photos."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from kafka import KafkaAdminClient

from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres
from imagehub.catalogue.database import Database
from imagehub.catalogue.migrate import migrate
from imagehub.errors import Misconfigured, Unavailable
from imagehub.log.kafka import KafkaLog
from imagehub.log.postgres import PostgresLog
from imagehub.log.protocol import LogConsumer, UploadLog
from imagehub.messages import Message
from tests.services.conftest import Restartable

logging.getLogger("kafka").setLevel(logging.CRITICAL)  # it reports every attempt to connect

PATIENCE_SECONDS = 12
"""Within this a call says that the log is down."""


@dataclass
class Breakable:
    """A log, and the server that it is on."""

    server: Restartable
    log: UploadLog


@pytest.fixture(scope="module", params=["postgres", "kafka"])
def server(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    free_port: Callable[[], int],
) -> Iterator[Restartable]:
    """A server that these tests alone use."""
    folder = tmp_path_factory.mktemp(request.param)
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
                self.read |= {one.message.key for one in batch}
                self._consumer.commit([one.position for one in batch])
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
    for _ in range(2):
        wait_until(lambda: len(reader.read) > 20)
        writers.was_refused.clear()
        reader.was_refused.clear()
        server.kill()
        assert writers.was_refused.wait(PATIENCE_SECONDS)
        assert reader.was_refused.wait(PATIENCE_SECONDS)
        server.start()
        before_write, before_read = len(writers.acknowledged), len(reader.read)
        wait_until(lambda n=before_write: len(writers.acknowledged) > n + 20)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        wait_until(lambda n=before_read: len(reader.read) > n + 20)  # type: ignore[misc]  # the same
    writers.stop()
    wait_until(lambda: reader.read >= set(writers.acknowledged))
    reader.stop()
    assert log.lag("g") == 0


def test_every_call_says_within_seconds_that_the_server_is_down(breakable: Breakable) -> None:
    server, log = breakable.server, breakable.log
    log.append(message("first"))
    consumer, newcomer = log.consumer("g"), log.consumer("g2")
    (received,) = poll_one(consumer)
    server.kill()
    try:
        for call in (
            lambda: log.append(message("second")),
            lambda: consumer.poll(1, timeout_seconds=0.5),
            lambda: consumer.commit([received.position]),
            lambda: newcomer.poll(1, timeout_seconds=0.5),
            lambda: log.lag("g"),
            lambda: open_log(server, log.topic).append(message("third")),
        ):
            began = time.monotonic()
            with pytest.raises(Unavailable):
                call()
            assert time.monotonic() - began < PATIENCE_SECONDS
        began = time.monotonic()
        consumer.close()
        assert time.monotonic() - began < PATIENCE_SECONDS
    finally:
        server.start()
    log.append(message("fourth"))
    assert log.lag("g") in (2, 3)  # an append that failed may yet have reached the disk


def test_many_threads_are_all_told_in_time_that_the_server_is_down(breakable: Breakable) -> None:
    server = breakable.server
    server.kill()
    try:
        log = open_log(server, breakable.log.topic)
        seconds: list[float] = []

        def append() -> None:
            began = time.monotonic()
            with pytest.raises(Unavailable):
                log.append(message("x"))
            seconds.append(time.monotonic() - began)

        threads = [threading.Thread(target=append) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(seconds) == 8
        assert max(seconds) < PATIENCE_SECONDS
    finally:
        server.start()


def test_a_frozen_broker_is_down_and_its_late_answers_are_no_acknowledgement(
    breakable: Breakable,
) -> None:
    server, log = breakable.server, breakable.log
    if isinstance(server.server, Postgres):
        pytest.skip("the postmaster's children do the work and are not frozen with it")
    log.append(message("first"))
    consumer = log.consumer("g")
    poll_one(consumer)
    server.freeze()
    try:
        for call in (
            lambda: log.append(message("second")),
            lambda: consumer.poll(1, timeout_seconds=0.5),
            lambda: log.lag("g"),
        ):
            began = time.monotonic()
            with pytest.raises(Unavailable):
                call()
            assert time.monotonic() - began < PATIENCE_SECONDS
    finally:
        server.thaw()
    wait_until(lambda: appended(log))


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("max.message.bytes", "1048588", "max.message.bytes"),
        ("cleanup.policy", "compact", "cleanup.policy"),
        ("retention.ms", "3600000", "retention.ms"),
    ],
)
def test_a_topic_that_could_lose_a_photo_is_refused(
    kafka_server: Kafka, topic: str, option: str, value: str, said: str
) -> None:
    servers = [f"127.0.0.1:{kafka_server.port}"]
    good = {"max.message.bytes": str(32 * 1024 * 1024), "retention.ms": "-1"}
    admin = KafkaAdminClient(bootstrap_servers=servers)
    admin.create_topics({topic: {"num_partitions": 1, "configs": good | {option: value}}})
    admin.wait_for_topics([topic])
    admin.close()
    log = KafkaLog(topic, servers)
    with pytest.raises(Misconfigured, match=said):
        log.append(message("x"))
    with pytest.raises(Misconfigured, match=said):
        log.consumer("g").poll(1, 0.1)


def test_a_topic_made_by_others_that_fits_is_used(kafka_server: Kafka, topic: str) -> None:
    servers = [f"127.0.0.1:{kafka_server.port}"]
    good = {"max.message.bytes": str(32 * 1024 * 1024), "retention.ms": "-1"}
    admin = KafkaAdminClient(bootstrap_servers=servers)
    admin.create_topics({topic: {"num_partitions": 1, "configs": good}})
    admin.wait_for_topics([topic])
    admin.close()
    log = KafkaLog(topic, servers)
    log.append(message("x"))
    assert log.lag("g") == 1
    log.close()


def test_two_programs_that_start_together_make_one_topic(kafka_server: Kafka, topic: str) -> None:
    logs = [KafkaLog(topic, [f"127.0.0.1:{kafka_server.port}"]) for _ in range(4)]
    threads = [threading.Thread(target=log.append, args=(message("x"),)) for log in logs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logs[0].lag("g") == 4
    for log in logs:
        log.close()


def test_a_strangers_message_is_read_and_left_to_the_reader_to_judge(
    kafka_server: Kafka, topic: str
) -> None:
    from kafka import KafkaProducer

    servers = [f"127.0.0.1:{kafka_server.port}"]
    log = KafkaLog(topic, servers)
    assert log.lag("g") == 0
    producer = KafkaProducer(bootstrap_servers=servers)
    producer.send(topic, key=b"\xff", value=None, headers=[("h", b"\xfe")]).get(10)
    producer.close()
    consumer = log.consumer("g")
    (received,) = poll_one(consumer)
    assert received.message == Message("\ufffd", {"h": "\ufffd"}, b"")
    consumer.close()
    log.close()


def poll_one(consumer: LogConsumer) -> list:
    for _ in range(40):
        if received := list(consumer.poll(1, timeout_seconds=0.5)):
            return received
    raise AssertionError("no message came")


def appended(log: UploadLog) -> bool:
    try:
        log.append(message("again"))
    except Unavailable:
        return False
    return True


def wait_until(true: Callable[[], bool], within_seconds: float = 40) -> None:
    deadline = time.monotonic() + within_seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)
