"""A PNG looks as in a browser: what browsers pass over is passed over, colours are theirs."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import numpy as np
import pytest
from PIL import Image

from imagehub.errors import Refused
from imagehub.photo import land, read_view
from tests.photos import bare_png, chunk, draw, png, save, with_chunks

LAST_IDAT = png().rindex(b"IDAT")


def _wrong(kind: bytes, body: bytes) -> bytes:
    good = chunk(kind, body)
    return good[:-1] + bytes((good[-1] ^ 1,))


@pytest.mark.parametrize(
    "harmless",
    [
        _wrong(b"tEXt", b"Comment\0a"),
        _wrong(b"tIME", bytes(7)),
        _wrong(b"gAMA", (100_000).to_bytes(4, "big")),
        _wrong(b"eXIf", b"II*\0"),
        _wrong(b"iCCP", b"icc\0\0" + zlib.compress(b"no profile")),
    ],
    ids=["tEXt", "tIME", "gAMA", "eXIf", "iCCP"],
)
def test_a_wrong_checksum_beside_the_pixels_does_no_harm(harmless: bytes) -> None:
    assert land(with_chunks(png(), harmless)).full.data == land(png()).full.data


@pytest.mark.parametrize("lacking", [1, 4, 8, 12, 14, 16])
def test_a_png_is_taken_without_its_end_chunk(lacking: int) -> None:
    assert land(png()[:-lacking]).full.data == land(png()).full.data


def test_a_png_may_be_cut_off_in_a_comment_behind_its_pixels() -> None:
    comment = chunk(b"tEXt", b"Comment\0" + b"a" * 100)[:50]
    assert land(png()[:-12] + comment).full.data == land(png()).full.data


@pytest.mark.parametrize("lacking", [40, 400, 40_000])
def test_a_png_that_lacks_pixels_is_cut_off(lacking: int) -> None:
    with pytest.raises(Refused, match="cut off"):
        land(png()[:-lacking])


def _numbers(kind: bytes, *numbers: int) -> bytes:
    return chunk(kind, b"".join(number.to_bytes(4, "big") for number in numbers))


SRGB_PLACES = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
ADOBE_PLACES = (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
GREY_188 = Image.new("RGB", (96, 96), (188, 128, 64))


@pytest.mark.parametrize(
    ("chunks", "seen"),  # measured in Chromium 156
    [
        ([_numbers(b"gAMA", 100_000)], (223, 188, 137)),
        ([_numbers(b"gAMA", 45_455)], (188, 128, 64)),
        ([_numbers(b"gAMA", 45_455), _numbers(b"cHRM", *SRGB_PLACES)], (188, 129, 61)),
        ([_numbers(b"gAMA", 30_000)], (162, 89, 25)),
        ([_numbers(b"gAMA", 100_000), _numbers(b"cHRM", *SRGB_PLACES)], (223, 188, 137)),
        ([_numbers(b"gAMA", 45_470), _numbers(b"cHRM", *ADOBE_PLACES)], (208, 129, 57)),
        ([_numbers(b"gAMA", 100_000), _numbers(b"cHRM", *[0] * 8)], (188, 128, 64)),
        ([_numbers(b"gAMA", 0)], (188, 128, 64)),
        ([_numbers(b"gAMA", 100_000), chunk(b"sRGB", b"\0")], (188, 128, 64)),
        ([_numbers(b"cHRM", *ADOBE_PLACES)], (188, 128, 64)),
    ],
    ids=str,
)
def test_gamma_is_shown_as_in_a_browser(
    chunks: Iterable[bytes], seen: tuple[int, int, int]
) -> None:
    shown = read_view(land(with_chunks(save(GREY_188, "PNG"), *chunks)).full.data)
    assert np.abs(shown.astype(int) - seen).max() <= 2


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA"])
def test_gamma_holds_for_every_kind_of_pixels(mode: str) -> None:
    linear = with_chunks(
        save(Image.new("L", (96, 96), 64).convert(mode), "PNG"), _numbers(b"gAMA", 100_000)
    )
    assert np.abs(read_view(land(linear).full.data).astype(int) - 137).max() <= 3


def _samples(depth: int, colour: int, values: list[int]) -> bytes:
    """A PNG of stripes, eight columns each, of these samples."""
    bits = "".join(f"{value:0{depth}b}" * (3 if colour == 2 else 1) * 8 for value in values * 16)
    row = b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    return bare_png(8 * 16 * len(values), 96, depth, colour, zlib.compress(row * 96))


@pytest.mark.parametrize(
    ("depth", "colour"), [(1, 0), (2, 0), (4, 0), (8, 0), (16, 0), (8, 2), (16, 2)]
)
def test_the_transparent_colour_is_white_at_every_depth(depth: int, colour: int) -> None:
    most = 2**depth - 1
    dark = 0 if depth == 1 else most // 3
    named = dark.to_bytes(2, "big") * (3 if colour == 2 else 1)
    data = with_chunks(_samples(depth, colour, [dark, most]), chunk(b"tRNS", named))
    assert read_view(land(data).full.data).min() > 250
    plain = read_view(land(_samples(depth, colour, [dark, most])).full.data)
    assert plain.min() < 100


def test_a_colour_that_no_pixel_has_makes_nothing_transparent() -> None:
    data = with_chunks(
        _samples(16, 0, [20_000, 40_000]), chunk(b"tRNS", (20_001).to_bytes(2, "big"))
    )
    assert read_view(land(data).full.data).max() < 170


def test_pixels_that_are_half_transparent_keep_their_colour_with_gamma() -> None:
    picture = draw(1, 128, 96).convert("RGBA")
    clear = land(with_chunks(save(picture, "PNG"), _numbers(b"gAMA", 45_455)))
    same = land(save(picture, "PNG"))
    seen, wanted = (read_view(photo.full.data).astype(int) for photo in (clear, same))
    assert np.abs(seen - wanted).mean() < 4
