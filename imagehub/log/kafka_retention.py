"""What Kafka's retention will take, or has taken, before a group has handled it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from kafka import TopicPartition
from kafka.admin import ConfigResource, OffsetSpec

from imagehub.log.kafka_topic import KafkaTopic, patiently
from imagehub.log.protocol import UnhandledLoss

ALARM_SHARE = 0.5
"""Messages that have used up so much of the topic's time or room are at risk."""


def unhandled_loss(topic: KafkaTopic, group: str) -> UnhandledLoss:
    """Compare what the group has committed with the topic's `retention.ms` and `.bytes`."""
    partitions = topic.partitions()
    with topic.admin() as admin:
        limits = _limits(admin, topic.name)
        first = _offsets(admin, dict.fromkeys(partitions, OffsetSpec.EARLIEST))
        end = _offsets(admin, dict.fromkeys(partitions, OffsetSpec.LATEST))
        committed = patiently(lambda: admin.list_group_offsets({group: partitions}))[group]
        handled = {
            place: max(0, committed[place].offset) if place in committed else 0
            for place in partitions
        }
        old = _first_young(admin, end, limits["retention.ms"])
        sizes = _sizes(admin, topic.name) if limits["retention.bytes"] >= 0 else {}
    at_risk = 0
    for place in partitions:
        left = end[place] - max(first[place], handled[place])
        room = limits["retention.bytes"] * ALARM_SHARE
        kept = max(1, end[place] - first[place])
        is_large = place in sizes and sizes[place] * left / kept > room
        at_risk += left if is_large else max(0, old[place] - max(first[place], handled[place]))
    removed = sum(max(0, first[place] - handled[place]) for place in partitions)
    return UnhandledLoss(at_risk, removed)


def _limits(admin: Any, topic: str) -> dict[str, int]:
    keys = ["retention.ms", "retention.bytes"]
    found = admin.describe_configs([ConfigResource("topic", topic, keys)], config_filter="all")
    return {name: int(found["topic"][topic][name]["value"]) for name in keys}


def _offsets(admin: Any, specs: Mapping[TopicPartition, Any]) -> dict[TopicPartition, int]:
    return {place: found.offset for place, found in admin.list_partition_offsets(specs).items()}


def _first_young(
    admin: Any, end: Mapping[TopicPartition, int], retention_ms: int
) -> dict[TopicPartition, int]:
    """The first offset of each partition whose message has most of its time still to come."""
    if retention_ms < 0:
        return dict.fromkeys(end, 0)
    since = int(time.time() * 1000 - retention_ms * ALARM_SHARE)
    young = _offsets(admin, dict.fromkeys(end, since))
    return {place: offset if offset >= 0 else end[place] for place, offset in young.items()}


def _sizes(admin: Any, topic: str) -> dict[TopicPartition, int]:
    """The bytes of each partition on the broker that has the most of it."""
    sizes: Counter[TopicPartition] = Counter()
    for broker in admin.describe_log_dirs([topic]):
        for folder in broker["log_dirs"]:
            for entry in folder["topics"]:
                for part in entry["partitions"]:
                    place = TopicPartition(entry["name"], part["partition_index"])
                    sizes[place] = max(sizes[place], part["partition_size"])
    return sizes
