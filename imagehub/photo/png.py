"""What a PNG's chunks say, without decoding (W3C PNG, third edition)."""

from __future__ import annotations

import zlib

from imagehub.errors import Refused
from imagehub.photo.png_chunks import chunks
from imagehub.photo.refusals import refused_decoding
from imagehub.photo.structure import Structure, limited, refused_animation

MAX_METADATA_BYTES = 1024 * 1024
"""All compressed metadata of one file, inflated."""

_BIT_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = (  # first column, first row, column step, row step
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
_PIECE_BYTES = 1024 * 1024
_COMPRESSED_TEXT = (b"zTXt", b"iTXt", b"iCCP")


def read_structure(data: bytes) -> Structure:
    """Walk the chunks: size, kind of pixels, number of frames, weight of the metadata.

    Raises Refused(`undecodable`, `truncated`, `animated`, `too_many_chunks`,
    `metadata_too_large`) and what `limited` raises.
    """
    structure = _read_ihdr(data)
    metadata_bytes = 0
    for chunk in chunks(data):
        if chunk.kind == b"acTL" and int.from_bytes(chunk.body[:4], "big") > 1:
            raise refused_animation()
        if chunk.kind in _COMPRESSED_TEXT:
            allowance = MAX_METADATA_BYTES - metadata_bytes
            metadata_bytes += _inflated_bytes(chunk.kind, bytes(chunk.body), allowance)
    return structure


def check_rows(data: bytes) -> None:
    """Raise Refused(`truncated`) unless the file has all the rows that its header declares.

    Decoders leave rows black that a well-formed but short stream does not give. This inflates the
    whole picture, piece by piece.
    """
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    depth, colour, _, _, interlacing = data[24:29]
    passes = _ADAM7 if interlacing else ((0, 0, 1, 1),)
    missing = 0
    for x, y, step_x, step_y in passes:
        columns, rows = -(-(width - x) // step_x), -(-(height - y) // step_y)
        missing += rows * (1 + -(-columns * depth * _SAMPLES[colour] // 8))
    inflating = zlib.decompressobj()
    for chunk in chunks(data):
        pending = bytes(chunk.body) if chunk.kind == b"IDAT" else b""
        while pending and missing > 0:
            missing -= len(inflating.decompress(pending, _PIECE_BYTES))
            pending = inflating.unconsumed_tail
    if missing > 0:
        raise refused_decoding("truncated")


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
    return limited(int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))


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
