"""A limit on the memory that all clients of a process take up by being slow."""

from __future__ import annotations

from collections.abc import Callable

MOST_BYTES = 256 * 1024 * 1024


class HeldBytes:
    """What is held for each client: a body that is not whole yet, or an answer not yet taken.

    Above the limit, the client that has been here longest is cut off: honest ones are quick.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._total = 0
        self._held: dict[Callable[[], None], int] = {}

    def hold(self, cut_off: Callable[[], None], size: int) -> None:
        """Hold so many bytes for a client from now on; `cut_off`, which names it, ends it."""
        self._total += size - self._held.get(cut_off, 0)
        self._held[cut_off] = size
        while self._total > self._most:
            oldest = next(iter(self._held))
            self.release(oldest)
            oldest()

    def release(self, cut_off: Callable[[], None]) -> None:
        """Hold nothing for a client any more."""
        self._total -= self._held.pop(cut_off, 0)
