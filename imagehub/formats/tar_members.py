"""Members of a TAR (POSIX ustar), as entries. Pure."""

from __future__ import annotations

import tarfile

from imagehub.manifest import ManifestFile
from imagehub.skeleton.pieces import Entry, PhotoPiece

BLOCK = tarfile.BLOCKSIZE
END: Entry = (bytes(2 * BLOCK),)


def text(name: str, data: bytes) -> Entry:
    """A member with these bytes."""
    return (_header(name, len(data)) + data + bytes(-len(data) % BLOCK),)


def photo(name: str, file: ManifestFile) -> Entry:
    """A member with a photo."""
    return _header(name, file.bytes), PhotoPiece.of(file), bytes(-file.bytes % BLOCK)


def _header(name: str, size_bytes: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size_bytes, 0o644
    return member.tobuf(tarfile.USTAR_FORMAT, "utf-8")
