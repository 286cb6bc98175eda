"""The chunks of a PNG, walked as browsers do: without its end chunk, past damaged comments."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from imagehub.photo.refusals import refused_decoding
from imagehub.photo.structure import count_chunk

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_IEND = b"\0\0\0\0IEND\xaeB`\x82"
_ANCILLARY = 0x20
_NEEDED = {b"tRNS", b"iCCP", b"eXIf"}  # of the ancillary chunks, by the decoder
_STREAM_END_BYTES = 4  # the checksum of the compressed pixels; no pixel is in it


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: `body` is what the file has of its `declared_bytes`."""

    kind: bytes
    body: memoryview
    declared_bytes: int
    checksum: bytes

    @property
    def is_sound(self) -> bool:
        """True if its checksum is right."""
        return zlib.crc32(self.body, zlib.crc32(self.kind)).to_bytes(4, "big") == self.checksum


def chunks(data: bytes) -> Iterator[Chunk]:
    """Yield the chunks up to the end chunk or the file's end.

    Raises Refused(`truncated`) where the file ends before its pixels do, as far as that is seen
    without inflating them.
    """
    view = memoryview(data)
    position, count, kind, has_pixels = len(SIGNATURE), 0, b"", False
    while kind != b"IEND" and position + 8 <= len(data):
        count = count_chunk(count)
        declared = int.from_bytes(data[position : position + 4], "big")
        kind = data[position + 4 : position + 8]
        start, end = position + 8, position + 8 + declared
        if kind == b"IDAT":
            has_pixels = True
            if end - len(data) > _STREAM_END_BYTES:
                raise refused_decoding("truncated")
        yield Chunk(kind, view[start:end], declared, data[end : end + 4])
        position = end + 4
    if kind != b"IEND" and not has_pixels:
        raise refused_decoding("truncated")


def picture_alone(data: bytes) -> bytes:
    """The PNG of nothing but what its picture needs, for decoders that ask for a whole file."""
    parts = [SIGNATURE]
    for chunk in chunks(data):
        is_ancillary = bool(chunk.kind[0] & _ANCILLARY)
        if chunk.kind == b"IEND" or (
            is_ancillary and (chunk.kind not in _NEEDED or not chunk.is_sound)
        ):
            continue
        checksum = chunk.checksum
        if len(checksum) < 4:  # the file ends here
            checksum = zlib.crc32(chunk.body, zlib.crc32(chunk.kind)).to_bytes(4, "big")
        parts += [len(chunk.body).to_bytes(4, "big"), chunk.kind, bytes(chunk.body), checksum]
    return b"".join([*parts, _IEND])


def sound_chunk(data: bytes, kind: bytes) -> bytes | None:
    """The body of the first chunk of an ancillary kind before the pixels; None without one."""
    for chunk in chunks(data):
        if chunk.kind == kind and chunk.is_sound:
            return bytes(chunk.body)
        if chunk.kind == b"IDAT":
            break
    return None
