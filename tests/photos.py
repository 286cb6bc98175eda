"""Photos drawn in code, and the pieces that files of photos are made of."""

from __future__ import annotations

import io
import zlib
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw


@cache
def draw(seed: int = 1, width: int = 640, height: int = 480) -> Image.Image:
    """A picture with a sky, shapes and grain; the same for the same arguments."""
    dice = np.random.default_rng(seed)
    coarse = dice.integers(40, 215, (6, 8, 3), dtype=np.uint8)
    image = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = int(dice.integers(width)), int(dice.integers(height))
        reach = int(dice.integers(4, max(6, min(width, height) // 4)))
        colour = tuple(int(part) for part in dice.integers(0, 255, 3))
        shape = pen.ellipse if dice.random() < 0.5 else pen.rectangle
        shape((x - reach, y - reach, x + reach, y + reach), fill=colour)
    grain = dice.integers(-9, 10, (height, width, 3))
    return Image.fromarray((np.asarray(image) + grain).clip(0, 255).astype(np.uint8))


def save(image: Image.Image, form: str, **options: Any) -> bytes:
    """The image as a file of the format."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def jpeg(seed: int = 1, width: int = 640, height: int = 480, **options: Any) -> bytes:
    """A drawn photo as JPEG."""
    return save(draw(seed, width, height), "JPEG", **options)


def png(seed: int = 1, width: int = 640, height: int = 480, **options: Any) -> bytes:
    """A drawn photo as PNG."""
    return save(draw(seed, width, height), "PNG", **options)


def webp(seed: int = 1, width: int = 640, height: int = 480, **options: Any) -> bytes:
    """A drawn photo as WebP."""
    return save(draw(seed, width, height), "WEBP", **options)


def plain(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture of one grey."""
    return Image.new(mode, (width, height), 1 if mode == "1" else 128 if mode == "L" else "grey")


def segment(marker: int, body: bytes) -> bytes:
    """A JPEG segment: FF, marker, length, body."""
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def with_segments(photo: bytes, *segments: bytes) -> bytes:
    """A JPEG with segments put in right after its start."""
    return photo[:2] + b"".join(segments) + photo[2:]


def patched(data: bytes, at: int, new: bytes) -> bytes:
    """The bytes with some of them overwritten."""
    return data[:at] + new + data[at + len(new) :]


def frame_at(photo: bytes) -> int:
    """Where the frame header's marker byte (C0 or C2) stands in a JPEG of Pillow's."""
    return next(at for code in (b"\xff\xc0", b"\xff\xc2") if (at := photo.find(code)) > 0) + 1


def with_declared_size(photo: bytes, width: int, height: int) -> bytes:
    """A JPEG whose frame header lies about its size."""
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return patched(photo, frame_at(photo) + 4, size)


def chunk(kind: bytes, body: bytes) -> bytes:
    """A PNG chunk: length, kind, body, checksum."""
    checksum = zlib.crc32(kind + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + kind + body + checksum


def with_chunks(photo: bytes, *chunks: bytes) -> bytes:
    """A PNG with chunks put in right after its header."""
    return photo[:33] + b"".join(chunks) + photo[33:]


def flat_png(width: int, height: int, depth: int = 1, colour: int = 0, rows: int = -1) -> bytes:
    """A PNG of zeros, whose header may declare more rows than it has."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 1)
    row_bytes = 1 + (width * samples * depth + 7) // 8
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(bytes(row_bytes)) for _ in range(height if rows < 0 else rows))
    return bare_png(width, height, depth, colour, body + packer.flush())


def bare_png(width: int, height: int, depth: int, colour: int, body: bytes) -> bytes:
    """A PNG of exactly this header and this compressed body."""
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size + bytes((depth, colour, 0, 0, 0)))
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


def scan_bomb(width: int, height: int, scans: int) -> bytes:
    """A legal grey progressive JPEG: one scan of averages, then `scans` that say nothing.

    Every scan makes the decoder pass over all blocks again, for some tens of bytes each.
    """
    blocks = ((width + 7) // 8) * ((height + 7) // 8)
    one_code = bytes((1, *[0] * 15))  # a Huffman table of one symbol, written as the bit 0
    runs = "".join("0" + "1" * 14 for _ in range(blocks // 32767 + 1))  # 32,767 empty blocks each
    empty_scan = segment(0xDA, bytes((1, 1, 0x00, 1, 63, 0))) + _packed(runs)
    return b"".join(
        (
            b"\xff\xd8",
            segment(0xDB, bytes((0, *[16] * 64))),
            segment(
                0xC2, b"\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\1\1\x11\0"
            ),
            segment(0xC4, b"\x00" + one_code + b"\x00"),
            segment(0xC4, b"\x10" + one_code + b"\xe0"),
            segment(0xDA, bytes((1, 1, 0x00, 0, 0, 0))) + bytes((blocks + 7) // 8),
            empty_scan * scans,
            b"\xff\xd9",
        )
    )


def _packed(bits: str) -> bytes:
    padded = bits + "1" * (-len(bits) % 8)
    return int(padded, 2).to_bytes(len(padded) // 8, "big").replace(b"\xff", b"\xff\x00")


def tiff(*entries: tuple[int, int, int, int]) -> bytes:
    """EXIF with raw directory entries: tag, type, count, value."""
    rows = b"".join(
        tag.to_bytes(2, "little")
        + kind.to_bytes(2, "little")
        + count.to_bytes(4, "little")
        + value.to_bytes(4, "little")
        for tag, kind, count, value in entries
    )
    loop = (8).to_bytes(4, "little")  # the next directory is this one
    return b"Exif\0\0II*\0\x08\0\0\0" + len(entries).to_bytes(2, "little") + rows + loop
