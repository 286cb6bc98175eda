"""Read any stretch of a file from its skeleton and the photos."""

from __future__ import annotations

import bisect
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from imagehub.errors import Unavailable
from imagehub.skeleton.pieces import (
    Entry,
    PhotoPiece,
    PhotoSource,
    Piece,
    RecordChecksum,
    ZipChecksum,
    bytes_of,
    size_of,
)
from imagehub.skeleton.writing import COUNT, MAGIC

ReadStretch: TypeAlias = Callable[[int, int], bytes]
"""Reads a stretch of the stored skeleton, from a start and of a length."""


class SkeletonReader:
    """One file of a release. Safe to share between threads."""

    def __init__(self, read: ReadStretch) -> None:
        """Read the index; raise Unavailable if these bytes are no skeleton."""
        self._read = read
        head = read(0, len(MAGIC) + COUNT.size)
        if not head.startswith(MAGIC):
            raise Unavailable("A file of a release is damaged in the object store.")
        (index_bytes,) = COUNT.unpack(head[len(MAGIC) :])
        position = len(head) + index_bytes
        self._starts: list[int] = []
        self._blocks: list[tuple[int, int]] = []
        for start, length in json.loads(zlib.decompress(read(len(head), index_bytes))):
            self._starts.append(start)
            self._blocks.append((position, length))
            position += length

    def stretch(self, start: int, length: int, photos: PhotoSource) -> Iterator[bytes]:
        """Yield the file's bytes from `start` on, a piece at a time.

        Raises NotFound or Damaged where a photo cannot be read, before any byte of it.
        """
        end = start + length
        first = max(bisect.bisect_right(self._starts, start) - 1, 0)
        for block in range(first, len(self._blocks)):
            position = self._starts[block]
            for entry in self._entries(block):
                for number, piece in enumerate(entry):
                    if position >= end:
                        return
                    size = size_of(piece)
                    if position + size > start:
                        data = bytes_of(entry, number, photos)
                        yield data[max(start - position, 0) : end - position]
                    position += size

    def _entries(self, block: int) -> Iterator[Entry]:
        data = zlib.decompress(self._read(*self._blocks[block]))
        (heads_bytes,) = COUNT.unpack_from(data)
        position = COUNT.size + heads_bytes
        for heads in json.loads(data[COUNT.size : position]):
            pieces: list[Piece] = []
            for head in heads:
                if isinstance(head, int):
                    pieces.append(data[position : position + head])
                    position += head
                else:
                    pieces.append(_piece(*head))
            yield tuple(pieces)


def _piece(kind: str, *fields: Any) -> Piece:
    if kind == "photo":
        return PhotoPiece(*fields)
    if kind == "record":
        covers, value = fields
        return RecordChecksum(covers, bytes.fromhex(value))
    *photo, crc32 = fields
    return ZipChecksum(PhotoPiece(*photo), crc32)
