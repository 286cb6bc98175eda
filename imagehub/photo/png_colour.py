"""Colour as a PNG's chunks declare it without a profile: tRNS, gAMA and cHRM, as in browsers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imagehub.photo.png_chunks import sound_chunk

_GREY, _RGB = 0, 2  # colour types
_STATED_OTHERWISE = (b"sRGB", b"iCCP", b"cICP")
_UNIT = 100_000  # gAMA and cHRM are whole numbers of these
_NEAR_SRGB = 0.115  # so near to 2.2, Chromium takes an exponent for sRGB's own curve
_SRGB_PLACES = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def with_transparent_colour(image: Image.Image, data: bytes) -> Image.Image:
    """The decoded grey or RGB picture with alpha where its tRNS names its colour.

    A colour of 16 bits is told by its upper 8 in an RGB picture: more is not decoded.
    """
    depth, colour = data[24:26]
    body = sound_chunk(data, b"tRNS")
    if colour in (_GREY, _RGB):
        image.info.pop("transparency", None)  # as the decoder read it
    if body is None or (colour, len(body)) not in ((_GREY, 2), (_RGB, 6)):
        return image
    samples = np.asarray(image if image.mode != "1" else image.convert("L"))
    named = np.frombuffer(body, ">u2").astype(int)
    if depth < 8:
        named = named * (255 // (2**depth - 1))
    elif depth == 16 and colour == _RGB:
        named = named >> 8
    is_named = samples == named[0] if colour == _GREY else (samples == named).all(axis=2)
    alpha = Image.fromarray(np.where(is_named, 0, 255).astype(np.uint8))
    opaque = image if image.mode in ("L", "RGB") else _to_grey(samples)
    opaque.putalpha(alpha)
    return opaque


def to_srgb(image: Image.Image, data: bytes) -> Image.Image:
    """The picture of 8 bits in sRGB, where gAMA says how its samples are coded and nothing better.

    cHRM, if it stands beside gAMA, says which red, green, blue and white they mean.
    """
    gamma_body = sound_chunk(data, b"gAMA")
    gamma = int.from_bytes(gamma_body, "big") if gamma_body else 0
    if not gamma or any(sound_chunk(data, kind) is not None for kind in _STATED_OTHERWISE):
        return image
    chromaticities = sound_chunk(data, b"cHRM")
    if not chromaticities and abs(_UNIT / gamma - 2.2) < _NEAR_SRGB:
        return image
    linear = (np.arange(256) / 255) ** (_UNIT / gamma)
    places = _places(chromaticities) if chromaticities else np.eye(3)
    if places is None:
        return image
    if not chromaticities or image.mode not in ("RGB", "RGBA"):
        table = _coded(linear).tolist()
        bands = [
            band if name == "A" else band.point(table)
            for name, band in zip(image.getbands(), image.split(), strict=True)
        ]
        return Image.merge(image.mode, bands)
    pixels = np.asarray(image)
    mixed = linear.astype(np.float32)[pixels[..., :3]] @ places.T.astype(np.float32)
    rest = pixels[..., 3:]
    return Image.fromarray(np.concatenate([_coded(mixed), rest], axis=2), image.mode)


def _to_grey(samples: NDArray[np.integer]) -> Image.Image:
    wide = samples.dtype.itemsize > 1
    return Image.fromarray((samples >> 8 if wide else samples).astype(np.uint8))


def _coded(linear: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Linear light, 0 to 1, in sRGB's code (IEC 61966-2-1)."""
    light = linear.clip(0, 1)
    coded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(coded * 255), np.uint8)


def _places(body: bytes) -> NDArray[np.float64] | None:
    """The matrix from the linear RGB of a cHRM to sRGB's; None where it makes none."""
    if len(body) != 32:
        return None
    numbers = np.frombuffer(body, ">u4").astype(int)
    try:
        matrix = np.linalg.inv(_to_xyz(np.array(_SRGB_PLACES))) @ _to_xyz(numbers)
    except (np.linalg.LinAlgError, ZeroDivisionError):
        return None
    return matrix if np.isfinite(matrix).all() else None


def _to_xyz(numbers: NDArray[np.int_]) -> NDArray[np.float64]:
    """From linear RGB of these chromaticities to XYZ whose white is equal energy (Bradford)."""
    with np.errstate(all="ignore"):
        columns = np.array([_xyz(x / _UNIT, y / _UNIT) for x, y in numbers.reshape(4, 2)]).T
        white, primaries = columns[:, 0], columns[:, 1:]
        matrix = primaries * np.linalg.solve(primaries, white)
        cones = _BRADFORD @ white
        adapted = np.linalg.inv(_BRADFORD) @ np.diag(_BRADFORD.sum(axis=1) / cones) @ _BRADFORD
    return np.asarray(adapted @ matrix)


def _xyz(x: float, y: float) -> tuple[float, float, float]:
    return (x / y, 1.0, (1 - x - y) / y)
