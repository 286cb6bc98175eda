"""What a file of a release is made of: its own bytes, photos, and checksums of photos.

A file is a row of entries, and an entry a row of pieces that belong together.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import crc32c

from imagehub.manifest import ManifestFile

ZIP_CHECKSUM = struct.Struct("<I")
MASK_DELTA = 0xA282EAD8


@dataclass(frozen=True, slots=True)
class PhotoPiece:
    """All bytes of a photo; the digests are hex, the first one names the upload."""

    photo_sha256: str
    sha256: str
    bytes: int

    @classmethod
    def of(cls, file: ManifestFile) -> PhotoPiece:
        """The photo of a release's file."""
        return cls(file.photo_sha256, file.sha256, file.bytes)


@dataclass(frozen=True, slots=True)
class ZipChecksum:
    """The CRC-32 of a photo, four bytes, as ZIP has it (APPNOTE 4.4.7)."""

    photo: PhotoPiece
    crc32: int


@dataclass(frozen=True, slots=True)
class RecordChecksum:
    """The masked CRC-32C of the `covers` pieces before it, four bytes, as TFRecord has it."""

    covers: int
    value: bytes = b""


Piece: TypeAlias = bytes | PhotoPiece | ZipChecksum | RecordChecksum
Entry: TypeAlias = tuple[Piece, ...]


class PhotoSource(Protocol):
    """Where photos are read from."""

    def is_gone(self, photo: PhotoPiece) -> bool:
        """True if zeros are to stand in the photo's place."""
        ...

    def read(self, photo: PhotoPiece) -> bytes:
        """All its bytes, which have its digest; raise NotFound or Damaged where there are none."""
        ...


def size_of(piece: Piece) -> int:
    """How many bytes of the file the piece takes."""
    if isinstance(piece, bytes):
        return len(piece)
    return piece.bytes if isinstance(piece, PhotoPiece) else 4


def bytes_of(entry: Entry, number: int, photos: PhotoSource) -> bytes:
    """The bytes of one piece of an entry; zeros and their checksum for a photo that is gone."""
    piece = entry[number]
    if isinstance(piece, bytes):
        return piece
    if isinstance(piece, PhotoPiece):
        return bytes(piece.bytes) if photos.is_gone(piece) else photos.read(piece)
    if isinstance(piece, ZipChecksum):
        is_gone = photos.is_gone(piece.photo)
        return ZIP_CHECKSUM.pack(zlib.crc32(bytes(piece.photo.bytes)) if is_gone else piece.crc32)
    covered = range(number - piece.covers, number)
    concerned = [entry[other] for other in covered]
    if piece.value and not any(isinstance(p, PhotoPiece) and photos.is_gone(p) for p in concerned):
        return piece.value
    return masked_crc32c(b"".join(bytes_of(entry, other, photos) for other in covered))


def masked_crc32c(data: bytes) -> bytes:
    """TensorFlow's checksum of a record (tensorflow/core/lib/hash/crc32c.h), little-endian."""
    crc = crc32c.crc32c(data)
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + MASK_DELTA) & 0xFFFFFFFF)
