"""Child processes that never outlive their hub, and those of an earlier hub that did.

Every child carries a mark in its environment that its own children inherit, so whatever a hub
started can be told apart from everything else on the machine, however it was started.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MARK = "DEEP_IMAGES_HUB_OF"
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Launch:
    """How to start one child. `user` None is the present one; `log` takes what it prints."""

    command: Sequence[str]
    environment: dict[str, str]
    log: Path
    cwd: Path
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM


@dataclass(frozen=True)
class Mark:
    """Names the children of one run of a hub, or with an empty `run` those of every run."""

    folder: Path
    run: str = ""

    @property
    def value(self) -> str:
        """What the children's environment says; a folder's own path never has two slashes."""
        return f"{self.folder.resolve()}//{self.run}"

    def is_on(self, environment: list[bytes]) -> bool:
        """Say whether a process with this environment belongs to the mark."""
        text = f"{MARK}={self.value}".encode()
        return any(entry == text if self.run else entry.startswith(text) for entry in environment)


def start(launch: Launch, mark: Mark) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own; it gets its stop signal when this process dies."""
    with open(launch.log, "ab", opener=_for_the_owner) as log:  # Path.open has no opener
        return subprocess.Popen(
            launch.command,
            env={**launch.environment, MARK: mark.value},
            cwd=launch.cwd,
            user=launch.user,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=dies_with_parent(launch.stop_signal),
        )


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def dies_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """What a child calls before it becomes its program, to be stopped when its parent dies.

    The kernel sends the signal when the *thread* that started the child ends: start children
    from the main thread.
    """
    parent = os.getpid()

    def tie() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died before the tie was made
            os._exit(1)

    return tie


def end_leftovers(mark: Mark, timeout_seconds: float = 3.0) -> int:
    """End every process of the mark's hub: ask first, then kill. Returns how many there were."""
    leftovers = list(_marked(mark))
    try:
        for pidfd in leftovers:
            _send(pidfd, signal.SIGTERM)
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline and any(_is_alive(pidfd) for pidfd in leftovers):
            time.sleep(0.05)
        for pidfd in leftovers:
            _send(pidfd, signal.SIGKILL)
    finally:
        for pidfd in leftovers:
            os.close(pidfd)
    return len(leftovers)


def _marked(mark: Mark) -> Iterator[int]:
    """Yield a handle of each marked process; a handle never comes to mean another process."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            pidfd = os.pidfd_open(int(entry.name))
        except OSError:
            continue
        if mark.is_on(_environment(entry)):
            yield pidfd
        else:
            os.close(pidfd)


def _environment(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:  # it ended, or is another person's
        return []


def _send(pidfd: int, number: signal.Signals) -> None:
    try:
        signal.pidfd_send_signal(pidfd, number)
    except ProcessLookupError:
        return


def _is_alive(pidfd: int) -> bool:
    """A handle becomes readable when its process ends, whether or not its parent has noticed."""
    ended, _, _ = select.select([pidfd], [], [], 0)
    return not ended
