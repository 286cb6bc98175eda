"""Access to Postgres: connections, transactions, and its errors as ours."""

from __future__ import annotations

import copy
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias
from uuid import UUID

import psycopg2
from psycopg2.extras import NamedTupleCursor, register_uuid

from imagehub.errors import Unavailable

register_uuid()  # ids are UUID here, as parameters and in rows

CONNECT_TIMEOUT_SECONDS = 5
STATEMENT_TIMEOUT_SECONDS = 30

_SET_ASKER = (
    "select set_config('imagehub.account', %s, true), set_config('imagehub.door', %s, true)"
)

Cursor: TypeAlias = NamedTupleCursor
"""What a catalogue function takes: a psycopg2 cursor whose rows have names."""


class Database:
    """One connection for each thread that asks, opened on first use and again after a failure.

    Safe to share between threads, not between processes: make one after a fork.
    """

    def __init__(
        self,
        url: str,
        statement_timeout_seconds: int = STATEMENT_TIMEOUT_SECONDS,
        role: str | None = None,
    ) -> None:
        """`role` is what to act as instead of the URL's user, for row-level security."""
        self.url = url
        self._options = f"-c statement_timeout={statement_timeout_seconds}s -c timezone=UTC"
        self._options += f" -c role={role}" if role else ""
        self._local = threading.local()
        self._asker = ("", "")

    def acting_for(self, account_id: UUID) -> Database:
        """The same connections, whose transactions see what this account may see."""
        return self._as(str(account_id), "")

    def for_sign_in(self) -> Database:
        """The same connections, for finding out whose request it is."""
        return self._as("", "open")

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """Give a cursor whose rows have names; commit at the end, roll back on any exception.

        Raises Unavailable if Postgres cannot be reached, goes away, or gives up on a deadlock,
        or takes nothing in.
        """
        connection = self._connection()
        try:
            with connection, connection.cursor() as cursor:
                if any(self._asker):
                    cursor.execute(_SET_ASKER, self._asker)
                yield cursor
        except (
            psycopg2.OperationalError,  # includes deadlock, lost connection, disk full
            psycopg2.InterfaceError,
            psycopg2.errors.ReadOnlySqlTransaction,  # a standby, or an operator's switch
        ) as error:
            self.close()
            raise Unavailable(f"The catalogue cannot answer now: {_one_line(error)}.") from error

    def close(self) -> None:
        """Close this thread's connection, if it has one."""
        connection = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            connection.close()

    def _as(self, account: str, door: str) -> Database:
        found = copy.copy(self)
        found._asker = (account, door)
        return found

    def _connection(self) -> psycopg2.extensions.connection:
        connection = getattr(self._local, "connection", None)
        if connection is None or connection.closed or _was_ended(connection):
            try:
                connection = psycopg2.connect(
                    self.url,
                    connect_timeout=CONNECT_TIMEOUT_SECONDS,
                    options=self._options,
                    cursor_factory=NamedTupleCursor,
                    keepalives_idle=10,
                    keepalives_interval=3,
                    keepalives_count=2,
                    tcp_user_timeout=15_000,
                )
            except psycopg2.OperationalError as error:
                raise Unavailable(
                    f"The catalogue cannot be reached: {_one_line(error)}."
                ) from error
            self._local.connection = connection
        return connection


def _was_ended(connection: psycopg2.extensions.connection) -> bool:
    """Say whether the server hung up meanwhile: between transactions it has nothing to say."""
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    return bool(socket.poll(0))


def _one_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
