"""One death for every message: a process that dies once with each in its hands, at many points."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import MemberToRemove

from imagehub.log.kafka_topic import patiently
from imagehub.log.protocol import LogConsumer, Received, UploadLog
from ingestion.failpoints import Failpoints

LAST_POINT = "before_offset"
"""Every message passes it, dead letters too."""


class OneDeathEach(Failpoints):
    """Kills the process once for each message that is taken alone.

    It dies at the message's planned point, or at the last one if the message does not pass that.
    `notes` outlives the process: a line for each death, the message's key and the point.
    """

    def __init__(self, plan: Mapping[str, str], notes: Path) -> None:
        super().__init__()
        self.taken = ""
        self._plan = plan
        self._notes = notes
        self._died = deaths(notes)

    def reached(self, name: str) -> None:
        if self.taken not in self._died and name in (self._plan[self.taken], LAST_POINT):
            with self._notes.open("a", encoding="utf-8") as notes:
                notes.write(f"{self.taken} {name}\n")
            os.kill(os.getpid(), signal.SIGKILL)


def deaths(notes: Path) -> dict[str, str]:
    """Where the process died with each message so far, by the message's key."""
    return dict(line.split() for line in notes.read_text(encoding="utf-8").splitlines())


def remove_dead_members(server: str, group: str) -> None:
    """Take all members out of a group of Kafka's whose processes are dead.

    The broker does so by itself when their session times out; their partitions are held so long.
    """
    admin = KafkaAdminClient(bootstrap_servers=server)
    members = patiently(lambda: admin.describe_groups([group]))[group]["members"]
    admin.remove_group_members(group, [MemberToRemove(member["member_id"]) for member in members])
    admin.close()


@dataclass
class WatchedLog:
    """A log that tells the failpoints which message is in hand."""

    log: UploadLog
    failpoints: OneDeathEach
    topic: str = field(init=False)

    def __post_init__(self) -> None:
        self.topic = self.log.topic

    def consumer(self, group: str) -> WatchedConsumer:
        return WatchedConsumer(self.log.consumer(group), self.failpoints)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.log, name)


@dataclass
class WatchedConsumer:
    """A member of a group that notes what it took."""

    consumer: LogConsumer
    failpoints: OneDeathEach

    def poll(self, max_messages: int, timeout_seconds: float) -> Sequence[Received]:
        received = self.consumer.poll(max_messages, timeout_seconds)
        if received:
            self.failpoints.taken = received[-1].message.key
        return received

    def __getattr__(self, name: str) -> Any:
        return getattr(self.consumer, name)
