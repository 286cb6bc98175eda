"""A photo as it lands: rebuilt from its pixels in three sizes, with its fingerprint."""

from __future__ import annotations

import hashlib
import io
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imagehub.photo.decode import decode
from imagehub.photo.fingerprint import fingerprint
from imagehub.photo.header import inspect
from imagehub.photo.luma import luma
from imagehub.photo.refusals import refused_decoding
from imagehub.photo.resizing import shrink

FULL_PIXELS = 2048
VIEW_PIXELS = 512
THUMB_PIXELS = 192
QUALITY = 90
THUMB_QUALITY = 80


@dataclass(frozen=True, slots=True)
class Derivative:
    """A JPEG of our own making; width and height in pixels."""

    data: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """The digest of its bytes, hex."""
        return digest(self.data)

    @property
    def crc32(self) -> int:
        """The checksum that ZIP and tar tools use."""
        return zlib.crc32(self.data)


@dataclass(frozen=True, slots=True)
class LandedPhoto:
    """What one photo becomes; `brightness` is the mean luma of the view, 0 to 255.

    `width` and `height` are those of the upright original; `fingerprint` is signed, 64 bits;
    `flags` are those of its PhotoHeader.
    """

    format: str
    width: int
    height: int
    flags: tuple[str, ...]
    full: Derivative
    view: Derivative
    thumb: Derivative
    fingerprint: int
    brightness: int


def land(data: bytes) -> LandedPhoto:
    """Decode a photo and rebuild it; raise Refused with a code of REFUSALS if that cannot be done.

    The same bytes always give the same derivatives, and nothing of the file but its pixels is in
    them. Decoding is what a hostile file attacks: call this in the sandbox.
    """
    header = inspect(data)
    decoded = decode(data, header, FULL_PIXELS)
    full = decoded.image
    view = shrink(full, VIEW_PIXELS)
    pixels = np.asarray(view)
    return LandedPhoto(
        format=header.format,
        width=decoded.width,
        height=decoded.height,
        flags=header.flags,
        full=_encode(full, QUALITY),
        view=_encode(view, QUALITY),
        thumb=_encode(shrink(view, THUMB_PIXELS), THUMB_QUALITY),
        fingerprint=fingerprint(pixels),
        brightness=round(float(luma(pixels).mean())),
    )


def read_view(jpeg: bytes) -> NDArray[np.uint8]:
    """Decode a derivative to H x W x 3 uint8; raise Refused(`undecodable`) if it is damaged."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            return np.asarray(image.convert("RGB"))
    except Exception as error:
        raise refused_decoding("undecodable") from error


def digest(data: bytes) -> str:
    """The SHA-256 of the bytes, as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def _encode(image: Image.Image, quality: int) -> Derivative:
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=quality)
    return Derivative(encoded.getvalue(), image.width, image.height)
