"""A ZIP of stored members with known lengths and checksums, as entries (APPNOTE 6.3.10). Pure.

Photos do not shrink, so nothing is deflated. Sizes and offsets are written as ZIP64 throughout, so
that the layout does not depend on how large the archive gets.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from imagehub.manifest import ManifestFile
from imagehub.skeleton.pieces import ZIP_CHECKSUM, Entry, PhotoPiece, Piece, ZipChecksum, size_of

ZIP64 = 45
"""The version of the format that a reader must know."""
UTF8_NAMES = 0x0800
FIRST_DAY = 0x21
"""1980-01-01, the first day that ZIP knows: members have no dates."""
UNIX, MODE = 3 << 8, 0o100644 << 16
FULL_32, FULL_16 = 0xFFFFFFFF, 0xFFFF


@dataclass(frozen=True, slots=True)
class ZipMember:
    """A member: its name, its one content, and the piece that is its checksum."""

    name: str
    content: Piece
    checksum: Piece

    @property
    def size_bytes(self) -> int:
        """Length of the content."""
        return size_of(self.content)


def text(name: str, data: bytes) -> ZipMember:
    """A member with these bytes."""
    return ZipMember(name, data, ZIP_CHECKSUM.pack(zlib.crc32(data)))


def photo(name: str, file: ManifestFile) -> ZipMember:
    """A member with a photo."""
    piece = PhotoPiece.of(file)
    return ZipMember(name, piece, ZipChecksum(piece, file.crc32))


def archive(members: Iterable[ZipMember]) -> Iterator[Entry]:
    """Each member behind its header, then the directory of all."""
    position = 0
    directory: list[Entry] = []
    for member in members:
        entry = _local(member)
        directory.append(_central(member, position))
        position += sum(size_of(piece) for piece in entry)
        yield entry
    yield from directory
    directory_bytes = sum(size_of(piece) for entry in directory for piece in entry)
    yield (_end(len(directory), position, directory_bytes),)


def _local(member: ZipMember) -> Entry:
    name = member.name.encode()
    sizes = struct.pack("<HHQQ", 1, 16, member.size_bytes, member.size_bytes)
    head = struct.pack("<4sHHHHH", b"PK\x03\x04", ZIP64, UTF8_NAMES, 0, 0, FIRST_DAY)
    tail = struct.pack("<IIHH", FULL_32, FULL_32, len(name), len(sizes)) + name + sizes
    return head, member.checksum, tail, member.content


def _central(member: ZipMember, position: int) -> Entry:
    name = member.name.encode()
    sizes = struct.pack("<HHQQQ", 1, 24, member.size_bytes, member.size_bytes, position)
    head = struct.pack("<4sHHHHHH", b"PK\x01\x02", UNIX | ZIP64, ZIP64, UTF8_NAMES, 0, 0, FIRST_DAY)
    tail = struct.pack(
        "<IIHHHHHII", FULL_32, FULL_32, len(name), len(sizes), 0, 0, 0, MODE, FULL_32
    )
    return head, member.checksum, tail + name + sizes


def _end(members: int, directory_at: int, directory_bytes: int) -> bytes:
    record = struct.pack(
        "<4sQHHIIQQQQ",
        *(b"PK\x06\x06", 44, UNIX | ZIP64, ZIP64, 0, 0),
        *(members, members, directory_bytes, directory_at),
    )
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, directory_at + directory_bytes, 1)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, FULL_16, FULL_16, FULL_32, FULL_32, 0)
    return record + locator + end
