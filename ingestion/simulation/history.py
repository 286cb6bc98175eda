"""The history of a fleet: every operation's beginning and end, one JSON line each.

An operation is one attempt to send one upload. It is `invoke`d and then ends as `ok`
(acknowledged), `fail` (certainly not accepted) or `info` (in doubt: no answer was read). An
operation without an end is in doubt too.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from imagehub.errors import Misconfigured


class HistoryKind(StrEnum):
    """What a line of a history says of an operation."""

    INVOKE = "invoke"
    OK = "ok"
    FAIL = "fail"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One line. `status` is the answer's HTTP status; `detail` a refusal's code or what broke."""

    kind: HistoryKind
    upload: str
    attempt: int
    phone: int
    at: float = 0.0
    photo_sha256: str = ""
    status: int | None = None
    retry_after_seconds: float | None = None
    detail: str = ""


class History:
    """Appends events to a file. Safe to share between threads. None as file keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._file: TextIO | None = path.open("a", encoding="utf-8") if path else None

    def write(self, event: HistoryEvent) -> None:
        """Append one event with the present time."""
        if self._file is None:
            return
        line = json.dumps({**asdict(event), "at": time.time()}, sort_keys=True)
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()


def read_history(path: Path) -> Iterator[HistoryEvent]:
    """Read a history; a last line that was cut off is left out.

    Raises Misconfigured naming a line that is no event.
    """
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        if number == len(lines) and not line.endswith("\n"):
            return
        try:
            fields = json.loads(line)
            yield HistoryEvent(**{**fields, "kind": HistoryKind(fields["kind"])})
        except (ValueError, TypeError, KeyError) as error:
            raise Misconfigured(f"Line {number} of {path} is no event: {error}.") from error
