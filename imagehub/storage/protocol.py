"""What an object store promises. Both implementations pass the same behaviour suite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class ObjectStore(Protocol):
    """Keys to bytes. An object is written once and never changes, except by `replace`.

    Safe to share between threads.
    """

    def put(self, key: str, data: bytes) -> bool:
        """Store the object durably, or find it there.

        True if it was created, False if the same bytes were there already. Raises Conflict if
        other bytes are there (they stay), Unavailable if the store is down.
        """
        ...

    def get(self, key: str) -> bytes:
        """Return the whole object; raise NotFound if there is none."""
        ...

    def stream(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` on, `length` of them (to the end by default), in chunks.

        Raises NotFound before the first chunk if there is no such object.
        """
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys that begin with the prefix, in order."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; do nothing if there is none."""
        ...

    def replace(self, key: str, data: bytes) -> None:
        """Put other bytes in the place of an object, at once and durably.

        Only for what must go from within an object: who reads meanwhile may get the old bytes, the
        new ones, or the old and then the new ones.
        """
        ...
