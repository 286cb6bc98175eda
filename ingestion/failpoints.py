"""Failpoints: named points of the pipeline at which a test can kill the process.

Nothing happens at them unless the program was started with `--die-at POINT:N`.
"""

from __future__ import annotations

import os
import signal
import threading

NAMES = (
    "after_take",
    "before_objects",
    "after_objects",
    "before_rows",
    "before_commit",
    "after_commit",
    "before_offset",
)


class Failpoints:
    """Counts how often one failpoint is reached; kills the process (SIGKILL) at the n-th time."""

    def __init__(self, name: str | None = None, nth: int = 1) -> None:
        if name is not None and name not in NAMES:
            raise ValueError(f"{name!r} is no failpoint; known are {', '.join(NAMES)}")
        self._name = name
        self._left = nth
        self._lock = threading.Lock()

    @classmethod
    def parse(cls, text: str) -> Failpoints:
        """Read `POINT:N`; raise ValueError for anything else."""
        name, _, nth = text.partition(":")
        return cls(name, int(nth or 1))

    def reached(self, name: str) -> None:
        """Say that the failpoint is reached."""
        if name != self._name:
            return
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
