"""What an attempt leaves on this machine to explain a failure: its reason and its log."""

from __future__ import annotations

import os
from pathlib import Path

from imagehub.settings import Settings
from training import session

LAST_LINES = 40
LONGEST_LINES_BYTES = 16 * 1024
"""Of each executor."""


def reason_file(settings: Settings, run_id: str) -> Path:
    """Where an attempt that fails leaves its reason for the service."""
    return settings.data / "training" / run_id / "reason.txt"


def log_file(settings: Settings, run_id: str, attempt: int) -> Path:
    """What the attempt's driver printed; where it failed, its executors' last lines follow."""
    return settings.data / "training" / run_id / f"attempt-{attempt}.log"


def keep_executors_lines(settings: Settings, run_id: str, attempt: int) -> None:
    """Append what the executors of this machine printed last to the attempt's log.

    A native crash says there why; the files themselves go with `session.clear`.
    """
    found = session.printed(session.notes_of(settings))
    path = log_file(settings, run_id, attempt)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as log:
        for file in found:
            log.write(f"\n--- the last lines of executor {file.parent.name} ---\n{_end_of(file)}\n")


def _end_of(file: Path) -> str:
    with file.open("rb") as lines:
        lines.seek(max(0, os.fstat(lines.fileno()).st_size - LONGEST_LINES_BYTES))
        text = lines.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-LAST_LINES:])
