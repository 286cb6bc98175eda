"""The hub warns before Kafka's retention removes an upload that has not landed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition

from imagehub.catalogue.database import Database
from imagehub.log.kafka import KafkaLog
from imagehub.log.postgres import PostgresLog
from imagehub.log.protocol import UnhandledLoss
from ingestion.consumer import GROUP
from ingestion.retention import keep_pruned
from tests.servers.kafka import Kafka
from tests.services.logs import message, read
from webapp.operation import metrics
from webapp.operation.service import watch

DAY_MS = 24 * 3600 * 1000
NOTHING = UnhandledLoss(at_risk=0, removed=0)

Send = Callable[[float], None]


@pytest.fixture
def server(kafka_server: Kafka) -> str:
    return f"127.0.0.1:{kafka_server.port}"


@pytest.fixture
def made(server: str, topic: str) -> Callable[[dict[str, str]], KafkaLog]:
    """Make the topic with one partition and these options."""

    def make(options: dict[str, str]) -> KafkaLog:
        admin = KafkaAdminClient(bootstrap_servers=server)
        fit = {"max.message.bytes": str(32 * 1024 * 1024)}
        admin.create_topics({topic: {"num_partitions": 1, "configs": fit | options}})
        admin.wait_for_topics([topic])
        admin.close()
        return KafkaLog(topic, [server])

    return make


@pytest.fixture
def send(server: str, topic: str) -> Iterator[Send]:
    """Append a message that is so many days old."""
    producer = KafkaProducer(bootstrap_servers=server)

    def append(days: float, size_bytes: int = 10) -> None:
        at = int(time.time() * 1000 - days * DAY_MS)
        producer.send(topic, key=b"k", value=bytes(size_bytes), timestamp_ms=at).get(10)

    yield append
    producer.close()


def test_uploads_that_have_used_up_half_of_their_time_are_at_risk_until_they_are_handled(
    made: Callable[[dict[str, str]], KafkaLog], send: Send
) -> None:
    log = made({"retention.ms": str(7 * DAY_MS)})
    for days in (5, 4, 1):
        send(days)
    assert log.unhandled_loss(GROUP) == UnhandledLoss(at_risk=2, removed=0)
    consumer = log.consumer(GROUP)
    received = read(consumer, 2)
    consumer.commit([taken.position for taken in received])
    assert log.unhandled_loss(GROUP) == NOTHING
    consumer.close()
    log.close()


def test_without_a_limit_of_time_nothing_is_at_risk(
    made: Callable[[dict[str, str]], KafkaLog], send: Send
) -> None:
    log = made({"retention.ms": "-1"})
    send(400)
    assert log.unhandled_loss(GROUP) == NOTHING
    log.close()


def test_uploads_that_fill_half_of_the_room_are_at_risk(
    made: Callable[[dict[str, str]], KafkaLog], send: Callable[[float, int], None]
) -> None:
    log = made({"retention.ms": "-1", "retention.bytes": "1000000"})
    send(0, 300_000)
    assert log.unhandled_loss(GROUP) == NOTHING
    send(0, 300_000)
    assert log.unhandled_loss(GROUP) == UnhandledLoss(at_risk=2, removed=0)
    log.close()


def test_uploads_that_kafka_has_removed_unhandled_are_told(
    made: Callable[[dict[str, str]], KafkaLog], send: Send, server: str, topic: str
) -> None:
    log = made({"retention.ms": str(7 * DAY_MS)})
    for _ in range(3):
        send(0)
    admin = KafkaAdminClient(bootstrap_servers=server)
    admin.delete_records({TopicPartition(topic, 0): 2})
    admin.close()
    assert log.unhandled_loss(GROUP) == UnhandledLoss(at_risk=0, removed=2)
    log.close()


def test_ingestion_logs_it_and_prometheus_and_the_operator_read_it(
    made: Callable[[dict[str, str]], KafkaLog],
    send: Send,
    database: Database,
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = made({"retention.ms": str(7 * DAY_MS)})
    send(5)
    stop = threading.Event()
    stop.set()
    with caplog.at_level(logging.ERROR, "ingestion"):
        keep_pruned(log, stop)
    assert "1 uploads wait in the log that Kafka removes soon" in caplog.text
    found = watch(database, log)
    assert found.loss == UnhandledLoss(at_risk=1, removed=0)
    assert b'imagehub_unlanded_uploads{state="at_risk"} 1.0' in metrics.text(found)
    log.close()


def test_the_log_in_postgres_keeps_what_is_not_handled(catalogue_url: str, topic: str) -> None:
    log = PostgresLog(topic, catalogue_url)
    log.append(message())
    assert log.unhandled_loss(GROUP) == NOTHING
    assert log.prune(older_than_days=0) == 0
    log.close()
