"""2b: truncated, corrupt, lying."""

from __future__ import annotations

import hashlib

from tests.bad_inputs.row import Row, at_the_door, lands, while_decoding
from tests.photos import (
    bare_png,
    flat_png,
    frame_at,
    jpeg,
    patched,
    png,
    webp,
    with_declared_size,
)


def _flipped_idat() -> bytes:
    data = png()
    at = data.index(b"IDAT") + 2000
    return patched(data, at, bytes((data[at] ^ 0xFF,)))


def _riff_size(size: int) -> bytes:
    return patched(webp(), 4, size.to_bytes(4, "little"))


def _strided() -> bytes:
    data = bytearray(jpeg())
    for at in range(997, len(data), 997):
        data[at] ^= 0xFF
    return bytes(data)


def _with_frame(marker: int) -> bytes:
    return patched(jpeg(), frame_at(jpeg()), bytes((marker,)))


def _with_precision(bits: int) -> bytes:
    return patched(jpeg(), frame_at(jpeg()) + 3, bytes((bits,)))


ROWS = [
    at_the_door(25, "first 200 bytes of a jpeg", lambda: jpeg()[:200], "undecodable"),
    while_decoding(26, "half a jpeg", lambda: jpeg()[: len(jpeg()) // 2], "truncated"),
    lands(27, "jpeg that lacks only the end marker", lambda: jpeg()[:-2]),
    while_decoding(27, "jpeg without its last block", lambda: jpeg()[:-6], "truncated"),
    at_the_door(28, "half a png", lambda: png()[: len(png()) // 2], "truncated"),
    while_decoding(29, "png with a flipped byte", _flipped_idat, "undecodable"),
    at_the_door(
        30, "png with a wrong checksum", lambda: patched(png(), 29, bytes(4)), "undecodable"
    ),
    at_the_door(31, "png of colour type 7", lambda: flat_png(128, 96, 8, 7), "undecodable"),
    at_the_door(32, "png of 0 x 0", lambda: bare_png(0, 0, 8, 2, b""), "too_small"),
    while_decoding(
        33, "png with too few rows", lambda: flat_png(4000, 4000, 8, 0, rows=2), "truncated"
    ),
    at_the_door(34, "jpeg of height 0", lambda: with_declared_size(jpeg(), 640, 0), "undecodable"),
    at_the_door(
        35,
        "jpeg that says 81 MP",
        lambda: with_declared_size(jpeg(), 9000, 9000),
        "too_many_pixels",
    ),
    lands(
        36,
        "jpeg that says 49 MP",
        lambda: with_declared_size(jpeg(), 7000, 7000),
        flags=("low_density",),
    ),
    while_decoding(37, "jpeg with flipped bytes", _strided, "undecodable"),
    lands(38, "two jpegs in one", lambda: jpeg(1) + jpeg(2)),
    at_the_door(39, "webp that says more", lambda: _riff_size(len(webp()) + 9000), "truncated"),
    at_the_door(39, "webp of negative size", lambda: _riff_size(0xFFFFFFF0), "truncated"),
    at_the_door(40, "lossless jpeg", lambda: _with_frame(0xC3), "undecodable"),
    at_the_door(40, "arithmetic jpeg", lambda: _with_frame(0xC9), "undecodable"),
    at_the_door(40, "12-bit jpeg", lambda: _with_precision(12), "undecodable"),
    Row(
        41,
        "another digest",
        lambda: patched(jpeg(), len(jpeg()) - 100, b"\x01"),
        status=400,
        code="digest_mismatch",
        headers={"X-Content-SHA256": hashlib.sha256(jpeg()).hexdigest()},
    ),
]
