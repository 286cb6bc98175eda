"""The upload log on Apache Kafka."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from kafka import KafkaProducer
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError

from imagehub.errors import Unavailable
from imagehub.log.kafka_consumer import KafkaLogConsumer
from imagehub.log.kafka_retention import unhandled_loss
from imagehub.log.kafka_topic import (
    KafkaTopic,
    errors_translated,
    patiently,
    waiting_for,
)
from imagehub.log.protocol import UnhandledLoss
from imagehub.log.size import MAX_MESSAGE_BYTES, refuse_oversized
from imagehub.messages import Message

MEMBER_TIMEOUT_SECONDS = 120
"""A consumer that does not poll for so long loses its partitions."""

MAX_BLOCK_MS = 3_000
DELIVERY_TIMEOUT_MS = 6_000
"""The two together are how long an append waits for a broker that does not answer."""


class KafkaLog:
    """A topic in Kafka; see imagehub.log.protocol.UploadLog. Safe to share between threads.

    The first call connects, creates the topic where it is missing, and raises Misconfigured if a
    topic is there that could refuse or lose a photo.
    """

    def __init__(
        self,
        topic: str,
        servers: Sequence[str],
        member_timeout_seconds: float = MEMBER_TIMEOUT_SECONDS,
        options: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """`options` are further ones of every client: TLS, SASL. Raises Misconfigured if wrong."""
        self.topic = topic
        self._topic = KafkaTopic(topic, servers, options)
        self._member_timeout_seconds = member_timeout_seconds
        self._lock = threading.Lock()
        self._producer: Any = None

    def append(self, message: Message) -> None:
        """Return once the message is durable; raise Unavailable if that cannot be said.

        Raises Refused if the message is larger than every log can carry.
        """
        refuse_oversized(message)
        producer = self._connected_producer()
        try:
            with errors_translated(self.topic):
                sent = producer.send(
                    self.topic,
                    key=message.key.encode(),
                    value=message.value,
                    headers=[(name, text.encode()) for name, text in message.headers.items()],
                )
                sent.get(timeout=(DELIVERY_TIMEOUT_MS + 1_000) / 1000)
        except Unavailable:
            self._replace(producer)
            raise

    def consumer(self, group: str) -> KafkaLogConsumer:
        """Join a consumer group, starting at the group's committed offset, or else at 0."""
        return KafkaLogConsumer(self._topic, group, self._member_timeout_seconds)

    def lag(self, group: str) -> int:
        """Count the messages that the group has not committed yet."""
        partitions = self._topic.partitions()
        with self._topic.admin() as admin:
            first = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
            end = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
            committed = patiently(lambda: admin.list_group_offsets({group: partitions}))[group]
        return sum(
            end[place].offset
            - max(first[place].offset, committed[place].offset if place in committed else 0)
            for place in partitions
        )

    def unhandled_loss(self, group: str) -> UnhandledLoss:
        """Count the messages that Kafka will remove soon, or has removed, unhandled."""
        return unhandled_loss(self._topic, group)

    def prune(self, older_than_days: float) -> int:  # noqa: ARG002 the protocol's
        """Do nothing: Kafka itself removes messages older than the topic's `retention.ms`."""
        return 0

    def forget(self, keys: Collection[str], unhandled_too: bool = False) -> bool:  # noqa: ARG002 protocol
        """Do nothing: Kafka removes whole segments, when the topic's `retention.ms` has passed."""
        return True

    def carries(self, photo_sha256: str) -> bool | None:  # noqa: ARG002 protocol
        """Return None (unknown): Kafka's messages are not searched again after they were read."""
        return None

    def close(self) -> None:
        """Let go of connections."""
        if self._producer is not None:
            self._replace(self._producer)

    def _connected_producer(self) -> Any:
        self._topic.partitions()
        with waiting_for(self._lock), errors_translated(self.topic):
            if self._producer is None:
                self._producer = KafkaProducer(
                    **self._topic.connection_options,
                    acks="all",
                    enable_idempotence=True,
                    retries=float("inf"),
                    max_in_flight_requests_per_connection=5,
                    allow_auto_create_topics=False,
                    compression_type=None,  # photos do not compress
                    batch_size=64 * 1024,
                    linger_ms=0,
                    max_block_ms=MAX_BLOCK_MS,
                    max_request_size=MAX_MESSAGE_BYTES,
                    delivery_timeout_ms=DELIVERY_TIMEOUT_MS,
                )
            return self._producer

    def _replace(self, producer: Any) -> None:
        """Let the next append open a new producer, and stop this one.

        An idempotent producer that timed out waits for a new producer id, sometimes for ever.
        """
        with self._lock:
            if self._producer is not producer:
                return
            self._producer = None
        # Its own close() first waits for what it cannot send, and gives up on closing.
        producer._sender.force_close()
        with suppress(KafkaError):
            producer.close(timeout=1)
