"""A part's server that a test may kill and start again."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import dataclass, field
from typing import Protocol


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
