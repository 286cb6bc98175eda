"""The embedded Postgres for tests: it keeps its data in memory and waits for no disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.postgres import Postgres

OPTIONS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_wal_size=256MB")
SHARED_MEMORY = Path("/dev/shm")
NEEDED_BYTES = 1 << 30


@dataclass(frozen=True)
class QuickPostgres(Postgres):
    """A server whose data are lost when it is killed; tests that kill one take the hub's own.

    A database for each test costs a disk a second: Postgres waits for it when one is dropped, and
    ext4 looks long for inodes that were not used a moment before.
    """

    @property
    def command(self) -> list[str]:
        """The server's command line; it stays in the foreground and stops on SIGINT."""
        return [*super().command, *(word for option in OPTIONS for word in ("-c", option))]


@contextmanager
def folder_in_memory(prefix: str) -> Iterator[Path]:
    """A folder for a server's data: in memory where this machine has room, else on its disk."""
    place = SHARED_MEMORY
    has_room = place.is_dir() and shutil.disk_usage(place).free > NEEDED_BYTES
    with TemporaryDirectory(prefix=prefix, dir=place if has_room else None) as folder:
        yield Path(folder)
