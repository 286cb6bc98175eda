"""What must be true of this machine before a hub starts, each with what to do where it is not."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imagehub.errors import Conflict, Misconfigured
from imagehub.java import java
from imagehub.manifest import load_or_create_key
from imagehub.settings import Settings
from imagehub.vision.registry import choose

FREE_BYTES = 1024**3
"""Spark's work files, Postgres' write-ahead log and the log of uploads need room to breathe."""


def check(settings: Settings) -> None:
    """Raise Misconfigured with the first thing that would keep the hub from running."""
    require_folder(settings.data)
    require_space(settings.data, FREE_BYTES)
    require_port(settings.web_host, settings.web_port)
    java()
    choose(settings)
    load_or_create_key(settings.signing_key)


@contextmanager
def only_hub(data: Path) -> Iterator[None]:
    """Hold the data folder for this hub alone; raise Conflict if another one holds it."""
    file = data / "up.lock"
    with file.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise Conflict(
                f"A hub runs in {data} already (process {lock.read().strip() or 'unknown'}). "
                "Stop that one, or name another folder with --data."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def require_folder(data: Path) -> None:
    """Make the data folder, for its owner alone; Misconfigured if one may not write there."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = data / "logs"
        probe.mkdir(mode=0o700, exist_ok=True)
        probe.chmod(0o700)  # an earlier version made it for all to read
        (probe / "up.probe").write_bytes(b"")
        (probe / "up.probe").unlink()
    except OSError as error:
        raise Misconfigured(
            f"The hub cannot write in {data}: {error.strerror}. "
            "Name a folder of yours with --data or IMAGEHUB_DATA."
        ) from error


def require_space(data: Path, needed_bytes: int) -> None:
    """Raise Misconfigured where the disk is too full to run a hub."""
    free_bytes = shutil.disk_usage(data).free
    if free_bytes < needed_bytes:
        raise Misconfigured(
            f"The disk of {data} is full: {free_bytes / 1e6:.0f} MB are free and the hub needs "
            f"{needed_bytes / 1e6:.0f} MB. Make room, or name a folder on another disk with --data."
        )


def require_port(host: str, port: int) -> None:
    """Raise Misconfigured if the portal cannot listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Misconfigured(
                f"The portal cannot listen on {host}:{port}: {error.strerror}. "
                "Stop what runs there, or choose another port with --port."
            ) from error


def free_port() -> int:
    """Find a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def remembered_port(note: Path) -> int:
    """The port that the note names, or a free one, noted, if there is none or it is taken."""
    if note.exists():
        port = int(note.read_text(encoding="utf-8"))
        try:
            require_port("127.0.0.1", port)
        except Misconfigured:
            pass
        else:
            return port
    port = free_port()
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(str(port), encoding="utf-8")
    return port
