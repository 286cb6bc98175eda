"""2c: small files that would cost much memory or time."""

from __future__ import annotations

import zlib
from functools import cache

from tests.bad_inputs.row import at_the_door, lands
from tests.photos import (
    bare_png,
    chunk,
    draw,
    flat_png,
    jpeg,
    plain,
    png,
    save,
    scan_bomb,
    segment,
    with_chunks,
    with_declared_size,
    with_segments,
)

_ICC_BOMB_BYTES = 200_000_000


@cache
def _zeros(count: int) -> bytes:
    packer = zlib.compressobj(9)
    block = bytes(1_000_000)
    return b"".join(packer.compress(block) for _ in range(count // len(block))) + packer.flush()


def _text_chunk(count: int) -> bytes:
    return chunk(b"zTXt", b"Comment\0\0" + _zeros(count))


def _many_text_chunks() -> bytes:
    return with_chunks(
        png(1, 64, 64), *[chunk(b"zTXt", b"c\0\0" + zlib.compress(bytes(900_000)))] * 100
    )


def _tiny_chunks() -> bytes:
    return with_chunks(png(1, 64, 64), chunk(b"tEXt", b"a\0b") * 200_000)


def _lossless_webp(width: int, height: int) -> bytes:
    bits = (width - 1) | (height - 1) << 14
    body = b"\x2f" + bits.to_bytes(4, "little") + b"\x88\x88\x08\x08\x08\0"
    data = b"VP8L" + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)
    return b"RIFF" + (4 + len(data)).to_bytes(4, "little") + b"WEBP" + data


def _animation(form: str, frames: int) -> bytes:
    pictures = [draw(seed, 64, 64) for seed in range(frames)]
    return save(pictures[0], form, save_all=True, append_images=pictures[1:])


def _progressive_48_megapixels() -> bytes:
    return save(draw(1, 800, 600).resize((8000, 6000)), "JPEG", quality=60, progressive=True)


def _thumbnail_with_scans() -> bytes:
    exif = b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0" + scan_bomb(160, 120, 60)
    return with_segments(jpeg(), segment(0xE1, exif))


def _interlaced_64_megapixels() -> bytes:
    passes = ((1000, 1000), (1000, 1000), (2000, 1000), (2000, 2000), (4000, 2000), (4000, 4000))
    rows = b"".join(bytes(1 + width) * height for width, height in (*passes, (8000, 4000)))
    size = (8000).to_bytes(4, "big") * 2
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size + bytes((8, 0, 0, 0, 1)))
        + chunk(b"IDAT", zlib.compress(rows, 1))
        + chunk(b"IEND", b"")
    )


def _many_restarts() -> bytes:
    return save(draw(1, 2000, 1920).convert("L"), "JPEG", restart_marker_blocks=1)


def _heavy_segments() -> bytes:
    return with_segments(jpeg(), *[segment(0xE5, b"CANARY-APP5" + bytes(65522))] * 200)


ROWS = [
    at_the_door(42, "png 30000 x 30000", lambda: flat_png(30000, 30000), "too_many_pixels"),
    at_the_door(43, "png 13000 x 13000", lambda: flat_png(13000, 13000), "too_many_pixels"),
    at_the_door(
        44,
        "png of the largest size",
        lambda: bare_png(2**31 - 1, 2**31 - 1, 8, 0, b""),
        "too_many_pixels",
    ),
    at_the_door(45, "png of 88 MP", lambda: flat_png(9400, 9400, 8, 2), "too_many_pixels"),
    at_the_door(
        46,
        "jpeg of the largest size",
        lambda: with_declared_size(jpeg(), 65500, 65500),
        "too_many_pixels",
    ),
    at_the_door(
        47, "webp of the largest size", lambda: _lossless_webp(16383, 16383), "too_many_pixels"
    ),
    at_the_door(48, "200 scans", lambda: scan_bomb(8000, 6000, 200), "too_many_scans"),
    at_the_door(49, "33 scans", lambda: scan_bomb(8000, 8000, 33), "too_many_scans"),
    lands(50, "10 scans of 48 MP", _progressive_48_megapixels),
    lands(51, "thumbnail of 60 scans", _thumbnail_with_scans),
    at_the_door(
        52,
        "text of 50 MB",
        lambda: with_chunks(png(1, 64, 64), _text_chunk(50_000_000)),
        "metadata_too_large",
    ),
    at_the_door(53, "100 texts of 900 KB", _many_text_chunks, "metadata_too_large"),
    at_the_door(
        54,
        "profile of 200 MB",
        lambda: with_chunks(png(1, 64, 64), chunk(b"iCCP", b"icc\0\0" + _zeros(_ICC_BOMB_BYTES))),
        "metadata_too_large",
    ),
    at_the_door(55, "200,000 texts", _tiny_chunks, "too_many_chunks"),
    lands(56, "200 MB of rows for 64", lambda: bare_png(64, 64, 8, 0, _zeros(_ICC_BOMB_BYTES))),
    at_the_door(57, "apng", lambda: _animation("PNG", 300), "animated"),
    at_the_door(58, "animated webp", lambda: _animation("WEBP", 5), "animated"),
    lands(59, "interlaced png of 64 MP", _interlaced_64_megapixels, flags=("low_density",)),
    lands(60, "60,000 restarts", _many_restarts),
    lands(61, "13 MB of segments", _heavy_segments, canaries=(b"CANARY-APP5",)),
    at_the_door(62, "1 x 1", lambda: save(plain(1, 1), "PNG"), "too_small"),
    at_the_door(62, "63 x 63", lambda: jpeg(1, 63, 63), "too_small"),
    lands(62, "64 x 64", lambda: jpeg(1, 64, 64)),
    at_the_door(63, "65500 x 64", lambda: save(plain(65500, 64, "L"), "JPEG"), "aspect"),
    at_the_door(63, "640 x 60000", lambda: save(plain(640, 60000, "L"), "JPEG"), "aspect"),
]
