"""What the tests of real parts share: servers to kill and start again, and fresh logs."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

from imagehub.catalogue.database import Database
from imagehub.log.kafka import KafkaLog
from imagehub.log.postgres import PostgresLog
from imagehub.log.protocol import UploadLog
from tests.factories.labels import label
from tests.factories.people import account
from tests.services.landing import SmallHub
from tests.services.logs import MEMBER_TIMEOUT_SECONDS, OpenLog


class Server(Protocol):
    """What the servers of deploy.local have in common."""

    @property
    def url(self) -> str: ...

    def start(self) -> subprocess.Popen[bytes]: ...


@dataclass
class Restartable:
    """A running server; `kill` gives it no chance to tidy up."""

    server: Server
    _process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self._process = self.server.start()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(timeout=30)

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)


@pytest.fixture
def small_hub(catalogue_url: str, database: Database, tmp_path: Path) -> SmallHub:
    """A hub in small on the embedded log and store, with one account and one label."""
    with database.transaction() as cursor:
        return SmallHub(catalogue_url, tmp_path / "objects", account(cursor), label(cursor))


@pytest.fixture(params=["postgres", "kafka"])
def open_log(request: pytest.FixtureRequest, topic: str) -> Iterator[OpenLog]:
    """Open a fresh topic; every call is another program's view of it."""
    opened: list[UploadLog] = []

    def open_one() -> UploadLog:
        if request.param == "postgres":
            url = request.getfixturevalue("catalogue_url")
            log: UploadLog = PostgresLog(topic, url, MEMBER_TIMEOUT_SECONDS)
        else:
            server = request.getfixturevalue("kafka_server")
            log = KafkaLog(topic, [f"127.0.0.1:{server.port}"], MEMBER_TIMEOUT_SECONDS)
        opened.append(log)
        return log

    yield open_one
    for log in opened:
        log.close()


@pytest.fixture
def log(open_log: OpenLog) -> UploadLog:
    """A fresh topic of each kind of upload log."""
    return open_log()
