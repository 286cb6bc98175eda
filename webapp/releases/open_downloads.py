"""How many archives are packed at once: each needs memory until its last byte is taken."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from imagehub.errors import TooMany, Unavailable

FOR_ONE = 4
FOR_ALL = 64
"""In each process."""

RETRY_SECONDS = 30


class OpenDownloads:
    """The archives that one process is packing, by whom they are for."""

    def __init__(self, for_one: int = FOR_ONE, for_all: int = FOR_ALL) -> None:
        self._for_one = for_one
        self._for_all = for_all
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()

    @contextmanager
    def one_more(self, who: str) -> Iterator[None]:
        """Hold a place; raise TooMany where this one has enough, Unavailable where all have."""
        with self._lock:
            if self._open[who] >= self._for_one:
                raise TooMany(
                    f"You have {self._for_one} downloads open. Start another when one has ended.",
                    RETRY_SECONDS,
                )
            if self._open.total() >= self._for_all:
                raise Unavailable("too many downloads are open", RETRY_SECONDS)
            self._open[who] += 1
        try:
            yield
        finally:
            with self._lock:
                self._open[who] -= 1
                if not self._open[who]:
                    del self._open[who]
