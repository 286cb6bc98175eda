"""What a WebP's chunks say, without decoding (RFC 9649)."""

from __future__ import annotations

from imagehub.photo.refusals import refused_decoding
from imagehub.photo.structure import Structure, count_chunk, limited, refused_animation

_ANIMATION_FLAG = 0x02
_LOSSY_START_CODE = b"\x9d\x01\x2a"
_LOSSLESS_SIGNATURE = 0x2F


def read_structure(data: bytes) -> Structure:
    """Walk the chunks: the declared size, or Refused(`undecodable`, `truncated`, ...)."""
    end = int.from_bytes(data[4:8], "little") + 8
    if end > len(data):
        raise refused_decoding("truncated")
    canvas: Structure | None = None
    chunks = 0
    position = 12
    while position + 8 <= end:
        chunks = count_chunk(chunks)
        kind = data[position : position + 4]
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        body = data[position + 8 : min(position + 8 + length, position + 18)]
        if kind in (b"ANIM", b"ANMF") or (kind == b"VP8X" and body[:1] and _is_animated(body)):
            raise refused_animation()
        if kind == b"VP8X":
            canvas = _canvas(body)
        if kind == b"VP8 ":
            return canvas or _lossy(body)
        if kind == b"VP8L":
            return canvas or _lossless(body)
        position += 8 + length + length % 2
    raise refused_decoding("undecodable")


def _is_animated(body: bytes) -> bool:
    return bool(body[0] & _ANIMATION_FLAG)


def _canvas(body: bytes) -> Structure:
    _at_least(body, 10)
    return limited(
        int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    )


def _lossy(body: bytes) -> Structure:
    _at_least(body, 10)
    if body[3:6] != _LOSSY_START_CODE:
        raise refused_decoding("undecodable")
    return limited(
        int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    )


def _lossless(body: bytes) -> Structure:
    _at_least(body, 5)
    if body[0] != _LOSSLESS_SIGNATURE:
        raise refused_decoding("undecodable")
    bits = int.from_bytes(body[1:5], "little")
    return limited((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)


def _at_least(body: bytes, length: int) -> None:
    if len(body) < length:
        raise refused_decoding("undecodable")
