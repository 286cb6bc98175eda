"""How many archives are packed at once: each needs memory until its last byte is taken."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from imagehub.errors import TooMany, Unavailable

FOR_ONE = 4
FOR_ADDRESS = 16
FOR_ALL = 64
"""In each process. Many accounts at one address take no more than a quarter of the places."""

RETRY_SECONDS = 30


class OpenDownloads:
    """The archives that one process is packing, by whom they are for and where those are."""

    def __init__(
        self, for_one: int = FOR_ONE, for_address: int = FOR_ADDRESS, for_all: int = FOR_ALL
    ) -> None:
        self._for_one = for_one
        self._for_address = for_address
        self._for_all = for_all
        self._lock = threading.Lock()
        self._open: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def one_more(self, who: str, address: str) -> Iterator[None]:
        """Hold a place; raise TooMany where this one or this address has enough of them.

        Raises Unavailable where all are taken.
        """
        with self._lock:
            self._require_place(who, address)
            self._open[who, address] += 1
        try:
            yield
        finally:
            with self._lock:
                self._open[who, address] -= 1
                self._open = +self._open

    def _require_place(self, who: str, address: str) -> None:
        own = sum(count for (one, _), count in self._open.items() if one == who)
        near = sum(count for (_, place), count in self._open.items() if place == address)
        if own >= self._for_one:
            raise TooMany(
                f"You have {self._for_one} downloads open. Start another when one has ended.",
                RETRY_SECONDS,
            )
        if near >= self._for_address:
            raise TooMany(
                f"{self._for_address} downloads are open at your address. Start another when one"
                " has ended.",
                RETRY_SECONDS,
            )
        if self._open.total() >= self._for_all:
            raise Unavailable("too many downloads are open", RETRY_SECONDS)
