"""The parts of a photo's file: taken apart, changed, and put together so that they parse."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

PNG_START = b"\x89PNG\r\n\x1a\n"
_ALONE = frozenset({0x01, *range(0xD0, 0xDA)})
"""JPEG markers without a body."""


@dataclass(frozen=True, slots=True)
class Part:
    """A JPEG's segment, a PNG's chunk or a WebP's chunk.

    `tail` is what follows it without a frame of its own: a scan's data. `lie` is added to the
    length that is written, and to the checksum where the format has one.
    """

    kind: bytes
    body: bytes
    tail: bytes = b""
    lie: int = 0

    def changed(self, **fields: object) -> Part:
        """The part with some fields changed."""
        return replace(self, **fields)  # type: ignore[arg-type]


def take_apart(photo: bytes) -> list[Part]:
    """The parts in their order; nothing where the file is none of the three formats."""
    if photo.startswith(b"\xff\xd8"):
        return list(_segments(photo))
    if photo.startswith(PNG_START):
        return list(_chunks(photo, len(PNG_START), 12, "big"))
    if photo[:4] == b"RIFF" and photo[8:12] == b"WEBP":
        return list(_chunks(photo, 12, 8, "little"))
    return []


def put_together(parts: list[Part], like: bytes) -> bytes:
    """A file of these parts, of the format of `like`."""
    if like.startswith(b"\xff\xd8"):
        return b"\xff\xd8" + b"".join(_segment(part) for part in parts)
    if like.startswith(PNG_START):
        return PNG_START + b"".join(_png_chunk(part) for part in parts)
    body = b"WEBP" + b"".join(_webp_chunk(part) for part in parts)
    return b"RIFF" + _length(len(body), "little") + body


def _segments(photo: bytes) -> Iterator[Part]:
    at = 2
    while at + 2 <= len(photo):
        if photo[at] != 0xFF:
            return
        kind = photo[at : at + 2]
        at += 2
        length = 0 if kind[1] in _ALONE else int.from_bytes(photo[at : at + 2], "big")
        body = photo[at + 2 : at + length]
        at += length
        end = _next_marker(photo, at)
        yield Part(kind, body, photo[at:end])
        at = end


def _next_marker(photo: bytes, at: int) -> int:
    while at + 1 < len(photo):
        if photo[at] == 0xFF and photo[at + 1] != 0 and not 0xD0 <= photo[at + 1] <= 0xD7:
            return at
        at += 1
    return len(photo)


def _segment(part: Part) -> bytes:
    if part.kind[1] in _ALONE:
        return part.kind + part.tail
    size = (len(part.body) + 2 + part.lie) & 0xFFFF
    return part.kind + size.to_bytes(2, "big") + part.body + part.tail


def _chunks(photo: bytes, at: int, frame: int, order: str) -> Iterator[Part]:
    while at + 8 <= len(photo):
        first, second = photo[at : at + 4], photo[at + 4 : at + 8]
        length, kind = (first, second) if order == "big" else (second, first)
        size = int.from_bytes(length, order)  # type: ignore[arg-type]
        yield Part(kind, photo[at + 8 : at + 8 + size])
        at += frame + size + (size & 1 if order == "little" else 0)


def _png_chunk(part: Part) -> bytes:
    checksum = _length(zlib.crc32(part.kind + part.body) + part.lie // 7, "big")
    return _length(len(part.body) + part.lie, "big") + part.kind + part.body + checksum + part.tail


def _webp_chunk(part: Part) -> bytes:
    size = _length(len(part.body) + part.lie, "little")
    return part.kind + size + part.body + bytes(len(part.body) & 1) + part.tail


def _length(size: int, order: str) -> bytes:
    return (size & 0xFFFFFFFF).to_bytes(4, order)  # type: ignore[arg-type]
