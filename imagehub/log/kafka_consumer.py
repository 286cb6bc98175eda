"""A member of a consumer group in Kafka."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.structs import OffsetAndMetadata

from imagehub.errors import Unavailable
from imagehub.log.kafka_topic import (
    REQUEST_TIMEOUT_MS,
    KafkaTopic,
    errors_translated,
)
from imagehub.log.protocol import Position, Received
from imagehub.log.size import MAX_MESSAGE_BYTES
from imagehub.messages import Message

SESSION_TIMEOUT_MS = 15_000
"""A member whose process is dead or frozen for so long loses its partitions."""

JOIN_TIMEOUT_SECONDS = 30
CLOSE_TIMEOUT_MS = 1_000


class KafkaLogConsumer:
    """See imagehub.log.protocol.LogConsumer. Joins the group at its first call."""

    def __init__(self, topic: KafkaTopic, group: str, member_timeout_seconds: float) -> None:
        self._topic = topic
        self._group = group
        self._member_timeout_ms = int(member_timeout_seconds * 1000)
        self._client: Any = None
        self._must_go_back = False

    def poll(self, max_messages: int, timeout_seconds: float) -> Sequence[Received]:
        """Return the next messages of the partitions that this member holds."""
        consumer = self._join()
        with errors_translated(self._topic.name):
            if self._must_go_back:
                self._go_back(consumer)
            polled = consumer.poll(timeout_ms=timeout_seconds * 1000, max_records=max_messages)
            if not polled:
                # Kafka's client waits in silence for a dead broker; a question finds out.
                consumer.end_offsets(self._topic.partitions(), timeout_ms=REQUEST_TIMEOUT_MS)
        return [_received(record) for partition in sorted(polled) for record in polled[partition]]

    def commit(self, positions: Sequence[Position]) -> None:
        """Record that all up to and including these positions has been handled.

        After Unavailable the next poll begins at the group's committed offsets.
        """
        consumer = self._join()
        handled = {
            TopicPartition(self._topic.name, position.partition): position.offset
            for position in sorted(positions)
        }
        try:
            with errors_translated(self._topic.name):
                if not handled.keys() <= consumer.assignment():
                    raise Unavailable(f"This consumer lost a part of {self._topic.name} meanwhile.")
                _commit(consumer, {partition: offset + 1 for partition, offset in handled.items()})
        except Unavailable:
            self._must_go_back = True
            raise

    def rewind(self) -> None:
        """Go back to offset 0; raise Unavailable while another member reads for the group."""
        consumer = self._join()
        partitions = self._topic.partitions()
        deadline = time.monotonic() + JOIN_TIMEOUT_SECONDS
        with errors_translated(self._topic.name):
            while not consumer.assignment() and time.monotonic() < deadline:
                consumer.poll(timeout_ms=200, max_records=1)  # this is where joining happens
            if consumer.assignment() != set(partitions):
                raise Unavailable(
                    f"Another consumer reads {self._topic.name} for {self._group}: "
                    "stop it, then rewind."
                )
            _commit(consumer, dict.fromkeys(partitions, 0))
            consumer.seek_to_beginning(*partitions)
        self._must_go_back = False

    def close(self) -> None:
        """Leave the group."""
        client, self._client = self._client, None
        if client is not None:
            with errors_translated(self._topic.name):
                client.close(autocommit=False, timeout_ms=CLOSE_TIMEOUT_MS)

    def _join(self) -> Any:
        if self._client is None:
            self._topic.partitions()
            session_timeout_ms = min(SESSION_TIMEOUT_MS, self._member_timeout_ms)
            with errors_translated(self._topic.name):
                self._client = KafkaConsumer(
                    self._topic.name,
                    **self._topic.connection_options,
                    group_id=self._group,
                    enable_auto_commit=False,
                    auto_offset_reset="earliest",
                    isolation_level="read_uncommitted",  # nobody uses transactions
                    allow_auto_create_topics=False,
                    check_crcs=True,
                    fetch_min_bytes=1,
                    fetch_max_wait_ms=500,
                    fetch_max_bytes=2 * MAX_MESSAGE_BYTES,
                    max_partition_fetch_bytes=MAX_MESSAGE_BYTES,
                    partition_assignment_strategy=[RangePartitionAssignor],
                    session_timeout_ms=session_timeout_ms,
                    heartbeat_interval_ms=session_timeout_ms // 5,
                    max_poll_interval_ms=self._member_timeout_ms,
                )
        return self._client

    def _go_back(self, consumer: Any) -> None:
        for partition in consumer.assignment():
            committed = consumer.committed(partition, timeout_ms=REQUEST_TIMEOUT_MS)
            if committed is None or committed < 0:
                consumer.seek_to_beginning(partition)
            else:
                consumer.seek(partition, committed)
        self._must_go_back = False


def _commit(consumer: Any, next_offsets: Mapping[TopicPartition, int]) -> None:
    consumer.commit(
        {
            partition: OffsetAndMetadata(offset, "", -1)
            for partition, offset in next_offsets.items()
        },
        timeout_ms=REQUEST_TIMEOUT_MS,
    )


def _received(record: Any) -> Received:
    return Received(
        Position(record.partition, record.offset),
        Message(
            key=_text(record.key),
            headers={name: _text(value) for name, value in record.headers},
            value=bytes(record.value or b""),
        ),
    )


def _text(data: bytes | None) -> str:
    # A stranger's message may hold anything; what reads it says that it is malformed.
    return (data or b"").decode(errors="replace")
