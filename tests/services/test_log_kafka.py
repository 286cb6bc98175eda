"""What only the log in Kafka does: the topic is made, or refused where it could lose a photo."""

from __future__ import annotations

import threading

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from imagehub.errors import Misconfigured
from imagehub.log.kafka import KafkaLog
from imagehub.messages import Message
from tests.servers.kafka import Kafka
from tests.services.logs import message, read


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
        log.append(message())
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
    log.append(message())
    assert log.lag("g") == 1
    log.close()


def test_two_programs_that_start_together_make_one_topic(kafka_server: Kafka, topic: str) -> None:
    logs = [KafkaLog(topic, [f"127.0.0.1:{kafka_server.port}"]) for _ in range(4)]
    threads = [threading.Thread(target=log.append, args=(message(),)) for log in logs]
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
    servers = [f"127.0.0.1:{kafka_server.port}"]
    log = KafkaLog(topic, servers)
    assert log.lag("g") == 0
    producer = KafkaProducer(bootstrap_servers=servers)
    producer.send(topic, key=b"\xff", value=None, headers=[("h", b"\xfe")]).get(10)
    producer.close()
    consumer = log.consumer("g")
    (received,) = read(consumer, 1)
    assert received.message == Message("\ufffd", {"h": "\ufffd"}, b"")
    consumer.close()
    log.close()
