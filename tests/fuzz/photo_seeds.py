"""The photos that mutants are made of: small, and of every kind that the decoder meets."""

from __future__ import annotations

import random
import warnings
from functools import cache
from pathlib import Path

from PIL import Image, ImageCms

from tests.bad_inputs import ROWS
from tests.photos import draw, jpeg, patched, plain, png, save, segment, webp, with_segments

SIZES = ((64, 64), (72, 65), (96, 80), (130, 67))
MOST_BYTES = 64 * 1024
"""A larger file of the corpus is left out: it would cost the campaign its pace."""


@cache
def photos() -> tuple[bytes, ...]:
    """Photos that land, and animations."""
    return (*_jpegs(), *_pngs(), *_webps(), *_others())


@cache
def odd_files() -> tuple[bytes, ...]:
    """The smaller files of the corpus of bad inputs."""
    with warnings.catch_warnings(action="ignore"):  # of Pillow, about formats that nobody uses
        made = [row.make() for row in ROWS if row.number not in _LEFT_OUT and not row.headers]
    return tuple(data for data in made if 0 < len(data) <= MOST_BYTES)


@cache
def files_of(folder: Path) -> tuple[bytes, ...]:
    """All files of a folder, in order."""
    return tuple(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def _metadata() -> dict[str, bytes]:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112], exif[0x8769] = "words", 6, {0x9003: "2024:01:01 00:00:00"}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return {"exif": exif.tobytes(), "icc_profile": patched(profile, 24, bytes(12))}  # not the time


def _jpegs() -> list[bytes]:
    ways: tuple[dict[str, object], ...] = (
        {},
        {"progressive": True},
        {"subsampling": 0, "optimize": True},
        {"restart_marker_blocks": 2},
        {"quality": 5, "progressive": True, "subsampling": 1},
        _metadata(),
    )
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    return [
        *(jpeg(at, *SIZES[at % 4], **way) for at, way in enumerate(ways)),
        *(save(draw(3, 80, 64).convert(mode), "JPEG") for mode in ("L", "CMYK")),
        with_segments(jpeg(4, 64, 72), xmp, segment(0xDD, b"\0\4"), segment(0xFE, b"words")),
    ]


def _pngs() -> list[bytes]:
    modes = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
    drawn = [save(_in_mode(mode), "PNG") for mode in modes]
    return [*drawn, png(5, 72, 65, **_metadata()), save(_in_mode("P"), "PNG", transparency=3)]


def _in_mode(mode: str) -> Image.Image:
    if mode == "I;16":
        return Image.frombytes(mode, (64, 64), random.Random(1).randbytes(64 * 64 * 2))
    return draw(2, 72, 64).convert(mode)


def _webps() -> list[bytes]:
    return [
        webp(6, 72, 64),
        webp(6, 64, 72, lossless=True, **_metadata()),
        save(_in_mode("RGBA"), "WEBP", quality=20),
        save(plain(64, 64), "WEBP", save_all=True, append_images=[draw(1, 64, 64)]),
    ]


def _others() -> list[bytes]:
    two = {"save_all": True, "append_images": [draw(8, 64, 64)]}
    return [save(draw(7, 72, 64), form, **two) for form in ("MPO", "GIF", "PNG")]


_LEFT_OUT = frozenset({7, 16, 21, 36, *range(42, 62), 63, 66, 79})
"""Bombs, of which the campaign has smaller ones, and files that hold the time of their making."""
