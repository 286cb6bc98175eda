"""A JPEG is taken if its pixels are all there, however the file ends."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from imagehub.errors import Refused
from imagehub.photo import inspect, land, read_view
from tests.photos import draw, frame_at, jpeg, save, scan_bomb, segment, with_segments

KINDS: dict[str, dict[str, Any]] = {
    "baseline": {},
    "progressive": {"progressive": True},
    "restarts": {"restart_marker_blocks": 8},
    "progressive restarts": {"progressive": True, "restart_marker_blocks": 8},
    "4:4:4": {"subsampling": 0},
    "optimised": {"optimize": True},
}
PHOTOS = {name: jpeg(**options) for name, options in KINDS.items()} | {
    "grey": save(draw().convert("L"), "JPEG")
}
EXIF = jpeg(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0")


def _video(seed: int) -> bytes:
    return b"\0\0\0\x18ftypmp42" + random.Random(seed).randbytes(60_000)


TRAILERS = {
    "nothing": b"",
    "half a marker": b"\xff",
    "text": b"SEFT trailer of a phone",
    "zeros": bytes(4096),
    "video": _video(1),
    "another video": _video(2),
    "a third video": _video(3),
    "another photo": jpeg(2),
    "another frame": jpeg(2)[frame_at(jpeg(2)) - 1 :],
    "segments": segment(0xE5, b"maker") * 5,
    "a segment that is cut off": segment(0xE5, b"maker")[:-3],
    "a scan of other components": segment(0xDA, b"\1\x09\0\0\x3f\0") + b"pixels",
    "a lossless frame": segment(0xC3, b"\x08\0\x40\0\x40\1\1\x11\0"),
}


@pytest.mark.parametrize("trailer", TRAILERS.values(), ids=TRAILERS)
@pytest.mark.parametrize("photo", PHOTOS.values(), ids=PHOTOS)
def test_a_jpeg_without_its_end_marker_gives_the_same_picture(photo: bytes, trailer: bytes) -> None:
    assert land(photo[:-2] + trailer).full.data == land(photo).full.data


@pytest.mark.parametrize("lacking", [8, 40, 400, 4000])
@pytest.mark.parametrize("photo", PHOTOS.values(), ids=PHOTOS)
def test_a_jpeg_that_lacks_pixels_is_cut_off(photo: bytes, lacking: int) -> None:
    with pytest.raises(Refused, match="cut off") as refusal:
        land(photo[:-lacking])
    assert refusal.value.code == "truncated"


def test_a_progressive_jpeg_that_lacks_a_whole_scan_is_cut_off_at_the_door() -> None:
    photo = PHOTOS["progressive"]
    with pytest.raises(Refused, match="cut off"):
        inspect(photo[: photo.rindex(b"\xff\xda")])


def test_bytes_behind_the_end_marker_do_not_matter() -> None:
    assert {land(jpeg() + trailer).full.data for trailer in TRAILERS.values()} == {
        land(jpeg()).full.data
    }


@pytest.mark.parametrize("scans", [33, 200])
def test_scans_count_behind_a_picture_that_is_complete(scans: int) -> None:
    with pytest.raises(Refused) as refusal:
        inspect(scan_bomb(1024, 768, scans)[:-2])
    assert refusal.value.code == "too_many_scans"


def test_a_photo_is_turned_by_its_exif_data_and_not_by_xmp() -> None:
    xmp = segment(0xE1, b'http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation="6"/>')
    assert (land(EXIF).width, land(EXIF).height) == (480, 640)
    beside_xmp = land(with_segments(jpeg(), xmp))
    assert np.array_equal(read_view(beside_xmp.view.data), read_view(land(jpeg()).view.data))
