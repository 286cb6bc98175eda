"""Whether a JPEG without an end marker has all its pixels."""

from __future__ import annotations

import hashlib
import io
import zlib

from PIL import Image

from imagehub.photo.jpeg import EOI
from imagehub.photo.refusals import refused_decoding

_OTHER_BITS = b"".join(
    hashlib.sha256(bytes((piece,))).digest().replace(b"\xff", b"\x7f")
    + bytes((0xFF, 0xD0 + piece % 8))
    for piece in range(64)
)
"""Pieces between restart markers, so that pictures with restarts read on too."""

_STRIP_ROWS = 256


def check_pixels(decoded: Image.Image, picture: bytes, code: str) -> None:
    """Raise Refused of the code unless the picture's data alone decide every pixel.

    A decoder reads what lacks as zeros; `decoded` is what it made of the picture with an EOI
    behind. Other bits behind the data give the same pixels only if none of them is read.
    """
    with Image.open(io.BytesIO(picture + _OTHER_BITS + EOI), formats=("JPEG",)) as other:
        other.load()
        if _checksum(other) != _checksum(decoded):
            raise refused_decoding(code)


def _checksum(image: Image.Image) -> int:
    checksum = 0
    for top in range(0, image.height, _STRIP_ROWS):
        strip = image.crop((0, top, image.width, min(top + _STRIP_ROWS, image.height)))
        checksum = zlib.crc32(strip.tobytes(), checksum)
    return checksum
