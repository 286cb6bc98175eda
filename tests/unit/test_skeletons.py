"""Any stretch of a file of a release comes out of its skeleton and the photos."""

from __future__ import annotations

import hashlib
import struct
import zlib

import crc32c
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub.errors import Unavailable
from imagehub.skeleton import writing
from imagehub.skeleton.pieces import (
    Entry,
    PhotoPiece,
    RecordChecksum,
    ZipChecksum,
    bytes_of,
    masked_crc32c,
)
from imagehub.skeleton.reading import SkeletonReader
from imagehub.skeleton.writing import freeze


class Photos:
    """Photos in memory; `gone` are digests of those that were withdrawn."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.gone: set[str] = set()

    def add(self, data: bytes) -> PhotoPiece:
        digest = hashlib.sha256(data).hexdigest()
        self.held[digest] = data
        return PhotoPiece(digest, digest, len(data))

    def is_gone(self, photo: PhotoPiece) -> bool:
        return photo.sha256 in self.gone

    def read(self, photo: PhotoPiece) -> bytes:
        return self.held[photo.sha256]


def entries_of(photos: Photos, contents: list[tuple[bytes, bytes]]) -> list[Entry]:
    made = []
    for literal, data in contents:
        photo = photos.add(data)
        checksum = ZipChecksum(photo, zlib.crc32(data))
        made.append((literal, checksum, photo, literal, RecordChecksum(covers=2)))
    return made


def whole(entries: list[Entry], photos: Photos) -> bytes:
    return b"".join(
        bytes_of(entry, number, photos) for entry in entries for number in range(len(entry))
    )


def reader(skeleton: bytes) -> SkeletonReader:
    return SkeletonReader(lambda start, length: skeleton[start : start + length])


contents = st.lists(st.tuples(st.binary(max_size=40), st.binary(min_size=1, max_size=90)))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "BLOCK_PIECES", 12)


@given(contents, st.data())
def test_a_stretch_is_that_part_of_the_file(
    written: list[tuple[bytes, bytes]], data: st.DataObject
) -> None:
    photos = Photos()
    entries = entries_of(photos, written)
    expected = whole(entries, photos)
    frozen = freeze(entries, photos)
    assert (frozen.size_bytes, frozen.sha256) == (
        len(expected),
        hashlib.sha256(expected).hexdigest(),
    )
    start = data.draw(st.integers(0, len(expected)))
    length = data.draw(st.integers(0, len(expected) - start))
    found = b"".join(reader(frozen.skeleton).stretch(start, length, photos))
    assert found == expected[start : start + length]


@given(contents.filter(bool))
def test_zeros_stand_for_a_photo_that_is_gone_and_the_checksums_say_so(
    written: list[tuple[bytes, bytes]],
) -> None:
    photos = Photos()
    frozen = freeze(entries_of(photos, written), photos)
    (literal, data), *_ = written
    photos.gone.add(hashlib.sha256(data).hexdigest())
    found = b"".join(reader(frozen.skeleton).stretch(0, frozen.size_bytes, photos))
    assert len(found) == frozen.size_bytes
    zeros = bytes(len(data))
    expected = literal + struct.pack("<I", zlib.crc32(zeros)) + zeros + literal
    expected += masked_crc32c(zeros + literal)
    assert found.startswith(expected)


def test_no_photo_is_in_a_skeleton() -> None:
    photos = Photos()
    data = hashlib.shake_128(b"photo").digest(5_000)
    frozen = freeze(entries_of(photos, [(b"header", data)] * 20), photos)
    assert len(frozen.skeleton) < len(data) / 2


def test_the_masked_checksum_is_tensorflows() -> None:
    crc = crc32c.crc32c(b"123456789")
    assert crc == 0xE3069283
    assert masked_crc32c(b"123456789") == struct.pack(
        "<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) % 2**32
    )


def test_other_bytes_are_no_skeleton() -> None:
    with pytest.raises(Unavailable, match="damaged"):
        reader(b"x" * 100)
