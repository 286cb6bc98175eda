"""The embedded Postgres for tests: it does not wait for the disk."""

from __future__ import annotations

from dataclasses import dataclass

from deploy.local.postgres import Postgres

IN_MEMORY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


@dataclass(frozen=True)
class QuickPostgres(Postgres):
    """A server whose data are lost with the machine, and with a process that is killed.

    Dropping a database waits for the disk otherwise, a second for each test. Tests that kill the
    server take the hub's own.
    """

    @property
    def command(self) -> list[str]:
        """The server's command line; it stays in the foreground and stops on SIGINT."""
        return [*super().command, *(word for option in IN_MEMORY for word in ("-c", option))]
