"""A topic in Kafka: how every client connects, what the topic must be able to carry, its errors."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource
from kafka.errors import (
    AuthorizationError,
    KafkaConfigurationError,
    KafkaError,
    RetriableError,
    TopicAlreadyExistsError,
)

from imagehub.errors import Misconfigured, Unavailable
from imagehub.log.protocol import RETENTION_DAYS
from imagehub.log.size import MAX_MESSAGE_BYTES

Answer = TypeVar("Answer")

REQUEST_TIMEOUT_MS = 4_000
BOOTSTRAP_TIMEOUT_MS = 5_000
PARTITIONS = 6
REPLICAS = 3
"""Replicas of each message if there are as many brokers; one broker keeps one."""

_DAY_MS = 24 * 3600 * 1000
RETENTION_MS = RETENTION_DAYS * _DAY_MS
SHORTEST_RETENTION_MS = 7 * _DAY_MS
"""A shorter one could remove an upload before a long outage of ingestion ends."""


OPTIONS = frozenset(
    set(KafkaAdminClient.DEFAULT_CONFIG)
    & set(KafkaConsumer.DEFAULT_CONFIG)
    & set(KafkaProducer.DEFAULT_CONFIG)
) - {"bootstrap_servers"}
"""What an operator may set: how clients connect, and nothing of what makes messages durable."""


def connection_options(servers: Sequence[str], further: Mapping[str, Any]) -> dict[str, Any]:
    """Options that a producer, a consumer and an admin client have in common.

    `further` are the operator's, which rule. Raises Misconfigured if one is none of OPTIONS.
    """
    if unknown := sorted(further.keys() - OPTIONS):
        raise Misconfigured(
            f"IMAGEHUB_LOG_OPTIONS names {unknown[0]}, which is not for every client of Kafka."
            f" It may name: {', '.join(sorted(OPTIONS))}."
        )
    return {
        "bootstrap_servers": list(servers),
        "bootstrap_timeout_ms": BOOTSTRAP_TIMEOUT_MS,
        "request_timeout_ms": REQUEST_TIMEOUT_MS,
        "retry_backoff_ms": 100,
        "reconnect_backoff_ms": 50,
        "reconnect_backoff_max_ms": 1_000,
        "metadata_max_age_ms": 60_000,
        **further,
    }


@contextmanager
def errors_translated(topic: str) -> Iterator[None]:
    """Raise Kafka's errors as ours."""
    try:
        yield
    except (AuthorizationError, KafkaConfigurationError) as error:
        raise Misconfigured(f"Kafka refuses the topic {topic}: {error}.") from error
    except (KafkaError, OSError) as error:
        raise Unavailable(
            f"The upload log does not answer: {type(error).__name__} {error}."
        ) from error


class KafkaTopic:
    """A topic and how clients connect to its brokers. Safe to share between threads."""

    def __init__(self, name: str, servers: Sequence[str], options: Mapping[str, Any]) -> None:
        """Raise Misconfigured if one of the operator's options is unknown."""
        self.name = name
        self.connection_options = connection_options(servers, options)
        self._lock = threading.Lock()
        self._partitions: list[TopicPartition] = []

    def partitions(self) -> list[TopicPartition]:
        """All partitions; the first call creates the topic where it is missing.

        Raises Misconfigured if a topic of this name exists that could refuse or lose a photo.
        """
        with waiting_for(self._lock):
            if not self._partitions:
                with self.admin() as admin:
                    self._partitions = _ensure(admin, self.name)
            return self._partitions

    @contextmanager
    def admin(self) -> Iterator[Any]:
        """Give an admin client; raise Kafka's errors as ours."""
        with errors_translated(self.name):
            admin = KafkaAdminClient(**self.connection_options)
            try:
                yield admin
            finally:
                admin.close()


@contextmanager
def waiting_for(lock: threading.Lock) -> Iterator[None]:
    """Hold the lock; raise Unavailable where its holder still tries in vain to connect."""
    if not lock.acquire(timeout=BOOTSTRAP_TIMEOUT_MS / 1000):
        raise Unavailable("The upload log does not answer: still connecting.")
    try:
        yield
    finally:
        lock.release()


def patiently(call: Callable[[], Answer]) -> Answer:
    """Call again while the broker says that it is not ready yet, for a few seconds."""
    deadline = time.monotonic() + REQUEST_TIMEOUT_MS / 1000
    while True:
        try:
            return call()
        except RetriableError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _ensure(admin: Any, topic: str) -> list[TopicPartition]:
    if topic not in admin.list_topics():
        _create(admin, topic)
    _require_fit(topic, _configuration(admin, topic))
    (described,) = admin.describe_topics([topic])
    return sorted(
        TopicPartition(topic, part["partition_index"]) for part in described["partitions"]
    )


def _create(admin: Any, topic: str) -> None:
    replicas = REPLICAS if len(admin.describe_cluster()["brokers"]) >= REPLICAS else 1
    durable = {"min.insync.replicas": "2"} if replicas > 1 else {"flush.messages": "1"}
    configuration = {
        "num_partitions": PARTITIONS,
        "replication_factor": replicas,
        "configs": {
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            "cleanup.policy": "delete",
            "retention.ms": str(RETENTION_MS),
            "retention.bytes": "-1",
            "unclean.leader.election.enable": "false",
            **durable,
        },
    }
    with suppress(TopicAlreadyExistsError):  # another process was first
        admin.create_topics({topic: configuration})
    admin.wait_for_topics([topic])


def _configuration(admin: Any, topic: str) -> dict[str, str]:
    keys = ["max.message.bytes", "cleanup.policy", "retention.ms"]
    found = admin.describe_configs([ConfigResource("topic", topic, keys)], config_filter="all")
    return {name: option["value"] for name, option in found["topic"][topic].items()}


def _require_fit(topic: str, has: dict[str, str]) -> None:
    faults = []
    if int(has["max.message.bytes"]) < MAX_MESSAGE_BYTES:
        faults.append(f"max.message.bytes must be at least {MAX_MESSAGE_BYTES}")
    if has["cleanup.policy"] != "delete":
        faults.append("cleanup.policy must be delete")
    if 0 <= int(has["retention.ms"]) < SHORTEST_RETENTION_MS:
        faults.append(f"retention.ms must be at least {SHORTEST_RETENTION_MS}, or -1")
    if faults:
        raise Misconfigured(
            f"Kafka's topic {topic} cannot be the upload log: {'; '.join(faults)}. "
            "Change it with kafka-configs, or remove it and the hub makes a right one."
        )
