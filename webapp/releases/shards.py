"""The bytes of a release's files, as its shards hold them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from imagehub.errors import Unavailable
from imagehub.manifest import ManifestFile
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore

SKIPPED_BYTES = 1 << 20
"""A gap up to here is read over; beyond, the store is asked anew."""


class Shards:
    """Asked for in order of paths, each shard is read once, forwards. For one reader at a time."""

    def __init__(self, store: ObjectStore, release_id: str) -> None:
        self._store = store
        self._release_id = release_id
        self._shard = -1
        self._position = 0
        self._chunks: Iterator[bytes] = iter(())
        self._left_over = memoryview(b"")

    def read(self, file: ManifestFile) -> Iterator[bytes]:
        """Yield a file's bytes.

        Raises Unavailable behind the last byte if they are not the manifest's.
        """
        self._seek(file.shard, file.start)
        digest = hashlib.sha256()
        for chunk in self._take(file.bytes):
            digest.update(chunk)
            yield bytes(chunk)
        if digest.hexdigest() != file.sha256:
            raise Unavailable(f"The bytes of {file.path} in {self._release_id} are damaged.")

    def _seek(self, shard: int, start: int) -> None:
        gap = start - self._position
        if shard == self._shard and 0 <= gap <= SKIPPED_BYTES:
            for _ in self._take(gap):
                pass
            return
        self._chunks = self._store.stream(keys.release_shard(self._release_id, shard), start)
        self._left_over = memoryview(b"")
        self._shard, self._position = shard, start

    def _take(self, wanted_bytes: int) -> Iterator[memoryview]:
        while wanted_bytes > 0:
            if not self._left_over:
                self._left_over = memoryview(next(self._chunks, b""))
                if not self._left_over:
                    raise Unavailable(f"A shard of {self._release_id} ends too early.")
            part = self._left_over[:wanted_bytes]
            self._left_over = self._left_over[len(part) :]
            self._position += len(part)
            wanted_bytes -= len(part)
            yield part
