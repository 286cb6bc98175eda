"""The processes of a run, found by a mark in their environment, however they were started.

Spark's Java, its executors, their Python daemons and TensorFlowOnSpark's helpers have groups and
parents of their own, and some outlive theirs; all inherit the mark. So ending a run means ending
whoever carries its mark, until nobody does.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

MARK = "DEEP_IMAGES_HUB_TRAINING"
ROUNDS = 20
ROUND_SECONDS = 0.25


def start(
    command: Sequence[str], environment: Mapping[str, str], run_id: str, log: Path
) -> subprocess.Popen[bytes]:
    """Start a marked program in a session of its own; `log` takes what it prints."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            env={**environment, MARK: run_id},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def end(run_id: str) -> int:
    """Kill every process that carries the run's mark; returns how many there were.

    Killed again and again: a process may start another one between our look and our blow.
    """
    ended = 0
    for _ in range(ROUNDS):
        found = list(_marked(run_id))
        if not found:
            break
        for handle in found:
            _kill(handle)
        ended += len(found)
        time.sleep(ROUND_SECONDS)
    return ended


def alive(run_id: str) -> list[int]:
    """Ids of the processes that carry the run's mark."""
    return [pid for pid in _pids() if _carries(pid, run_id)]


def _marked(run_id: str) -> Iterator[int]:
    """Handles of the marked processes; a handle never comes to mean another process."""
    for pid in _pids():
        try:
            handle = os.pidfd_open(pid)
        except OSError:
            continue
        if _carries(pid, run_id) and not _has_ended(handle):
            yield handle
        else:
            os.close(handle)


def _pids() -> list[int]:
    entries = [entry.name for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    return [int(name) for name in entries if int(name) != os.getpid()]


def _carries(pid: int, run_id: str) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:  # it ended, or is another person's
        return False
    return f"{MARK}={run_id}".encode() in environment.split(b"\0")


def _has_ended(handle: int) -> bool:
    return bool(select.select([handle], [], [], 0)[0])


def _kill(handle: int) -> None:
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        os.close(handle)
