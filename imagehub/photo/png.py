"""What a PNG's chunks say, without decoding (W3C PNG, third edition)."""

from __future__ import annotations

import zlib

from imagehub.errors import Refused
from imagehub.photo.refusals import refused_decoding
from imagehub.photo.structure import Structure, count_chunk, refused_animation

MAX_METADATA_BYTES = 2 * 1024 * 1024
"""All compressed metadata of one file, inflated."""

_SIGNATURE_BYTES = 8
_BIT_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_COMPRESSED_TEXT = (b"zTXt", b"iTXt", b"iCCP")


def read_structure(data: bytes) -> Structure:
    """Walk the chunks: size, kind of pixels, number of frames, weight of the metadata.

    Raises Refused(`undecodable`, `truncated`, `animated`, `too_many_chunks` or
    `metadata_too_large`).
    """
    structure = _read_ihdr(data)
    chunks = metadata_bytes = 0
    position = _SIGNATURE_BYTES
    kind = b""
    while kind != b"IEND" and position + 8 <= len(data):
        chunks = count_chunk(chunks)
        length = int.from_bytes(data[position : position + 4], "big")
        kind = data[position + 4 : position + 8]
        start = position + 8
        if kind == b"acTL" and int.from_bytes(data[start : start + 4], "big") > 1:
            raise refused_animation()
        if kind in _COMPRESSED_TEXT:
            body = data[start : start + length]
            metadata_bytes += _inflated_bytes(kind, body, MAX_METADATA_BYTES - metadata_bytes)
        position = start + length + 4
    if kind != b"IEND" or position > len(data):
        raise refused_decoding("truncated")
    return structure


def _read_ihdr(data: bytes) -> Structure:
    ihdr = data[12:29]
    checksum = data[29:33]
    if len(checksum) < 4:
        raise refused_decoding("truncated")
    depth, colour, compression, filtering, interlacing = data[24:29]
    if (
        ihdr[:4] != b"IHDR"
        or zlib.crc32(ihdr) != int.from_bytes(checksum, "big")
        or depth not in _BIT_DEPTHS.get(colour, ())
        or compression != 0
        or filtering != 0
        or interlacing > 1
    ):
        raise refused_decoding("undecodable")
    return Structure(int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))


def _inflated_bytes(kind: bytes, body: bytes, allowance: int) -> int:
    """Inflate no more than the allowance; what does not inflate is left to the decoder."""
    compressed = _compressed_part(kind, body)
    try:
        size = len(zlib.decompressobj().decompress(compressed, allowance + 1))
    except zlib.error:
        return 0
    if size > allowance:
        raise Refused(
            "metadata_too_large",
            f"The PNG carries more than {MAX_METADATA_BYTES // 2**20} MiB of metadata. Save the "
            "photo again as JPEG and send that.",
        )
    return size


def _compressed_part(kind: bytes, body: bytes) -> bytes:
    rest = body.partition(b"\0")[2]  # after the keyword or the profile's name
    if kind != b"iTXt":
        return rest[1:]  # after the method
    if rest[:1] != b"\1":
        return b""  # the text is not compressed
    return rest[2:].partition(b"\0")[2].partition(b"\0")[2]  # after language and translation
