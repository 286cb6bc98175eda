"""A connection that pays for crumbs with its own time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from tornado.iostream import IOStream

FREE_PIECES = 128
LEAST_PIECE_BYTES = 32
CRUMB_SECONDS = 0.25


class PacedStream(IOStream):
    """Reads bodies slowly once their pieces are crumbs.

    Each piece that is read of a body costs the event loop, in which all connections of a process
    wait, tens of microseconds, however small it is. Beyond FREE_PIECES, a connection whose pieces
    bring less than LEAST_PIECE_BYTES on average waits CRUMB_SECONDS for each. It is not closed: to
    connect again would cost more. A packet of a slow phone brings twenty times as much.
    """

    _pieces = 0
    _bytes = 0

    def read_until(self, delimiter: bytes, max_bytes: int | None = None) -> Awaitable[bytes]:
        """Read the size of a chunk."""
        return self._paced(super().read_until(delimiter, max_bytes))

    def read_bytes(self, num_bytes: int, partial: bool = False) -> Awaitable[bytes]:
        """Read a part of a body."""
        return self._paced(super().read_bytes(num_bytes, partial))

    def read_from_fd(self, buf: bytearray | memoryview) -> int | None:
        """Read from the socket; None where nothing is there."""
        size = super().read_from_fd(buf)
        self._bytes += size or 0
        return size

    def _paced(self, piece: Awaitable[bytes]) -> Awaitable[bytes]:
        self._pieces += 1
        if self._pieces <= FREE_PIECES + self._bytes // LEAST_PIECE_BYTES:
            return piece
        return _later(piece)


async def _later(piece: Awaitable[bytes]) -> bytes:
    await asyncio.sleep(CRUMB_SECONDS)
    return await piece
