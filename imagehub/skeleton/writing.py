"""Freeze a file of a release: go once through its bytes, and keep what is not a photo."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from imagehub.skeleton.pieces import (
    Entry,
    PhotoPiece,
    PhotoSource,
    Piece,
    RecordChecksum,
    bytes_of,
    size_of,
)

MAGIC = b"imagehub skeleton 1\n"
COUNT = struct.Struct("<I")
BLOCK_PIECES = 4096
BLOCK_BYTES = 1 << 20
"""A block is closed when it has so many pieces, or so many bytes besides the photos."""


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """A file's length and SHA-256 (hex), and its skeleton."""

    size_bytes: int
    sha256: str
    skeleton: bytes


def freeze(entries: Iterable[Entry], photos: PhotoSource) -> FrozenFile:
    """Read each photo and learn the file's digest; in memory are one entry and the skeleton."""
    digest = hashlib.sha256()
    blocks = _Blocks()
    for entry in entries:
        frozen: list[Piece] = []
        for number, piece in enumerate(entry):
            data = bytes_of(entry, number, photos)
            digest.update(data)
            frozen.append(
                replace(piece, value=data) if isinstance(piece, RecordChecksum) else piece
            )
        blocks.add(tuple(frozen))
    return FrozenFile(blocks.file_bytes, digest.hexdigest(), blocks.finish())


class _Blocks:
    """Entries in compressed blocks of their own, so that a reader decompresses what it needs."""

    def __init__(self) -> None:
        self.file_bytes = 0
        self._index: list[tuple[int, int]] = []
        self._blocks: list[bytes] = []
        self._heads: list[list[object]] = []
        self._literals = bytearray()
        self._pieces = 0
        self._starts_at = 0

    def add(self, entry: Entry) -> None:
        """Take an entry into the open block."""
        self._heads.append([_head(piece) for piece in entry])
        for piece in entry:
            self.file_bytes += size_of(piece)
            if isinstance(piece, bytes):
                self._literals += piece
        self._pieces += len(entry)
        if self._pieces >= BLOCK_PIECES or len(self._literals) >= BLOCK_BYTES:
            self._close()

    def finish(self) -> bytes:
        """The whole skeleton: magic, index (start in the file, length of the block), blocks."""
        self._close()
        index = zlib.compress(json.dumps(self._index).encode())
        return b"".join([MAGIC, COUNT.pack(len(index)), index, *self._blocks])

    def _close(self) -> None:
        if not self._heads:
            return
        heads = json.dumps(self._heads, separators=(",", ":")).encode()
        block = zlib.compress(COUNT.pack(len(heads)) + heads + self._literals)
        self._index.append((self._starts_at, len(block)))
        self._blocks.append(block)
        self._heads, self._literals, self._pieces = [], bytearray(), 0
        self._starts_at = self.file_bytes


def _head(piece: Piece) -> object:
    if isinstance(piece, bytes):
        return len(piece)
    if isinstance(piece, PhotoPiece):
        return ["photo", piece.photo_sha256, piece.sha256, piece.bytes]
    if isinstance(piece, RecordChecksum):
        return ["record", piece.covers, piece.value.hex()]
    photo = piece.photo
    return ["zip", photo.photo_sha256, photo.sha256, photo.bytes, piece.crc32]
