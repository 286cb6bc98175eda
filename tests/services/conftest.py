"""A part's server that a test may kill and start again."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

from imagehub.catalogue.database import Database
from tests.factories.labels import label
from tests.factories.people import account
from tests.services.landing import SmallHub


class Server(Protocol):
    """What the servers of deploy.local have in common."""

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
