"""Each format holds every photo of the release once, with its class, and opens in a reader."""

from __future__ import annotations

import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

import pyarrow.parquet as pq
import pytest

from imagehub.formats import FORMATS, plan_release
from imagehub.formats.planning import PlannedRelease
from imagehub.skeleton.pieces import masked_crc32c
from tests.photos import jpeg
from tests.unit.release_in_memory import MemoryPhotos, frozen_files, made_release, read_file

PHOTOS = [jpeg(seed, 64, 48) for seed in range(24)]


@pytest.fixture(scope="module")
def released() -> tuple[PlannedRelease, MemoryPhotos]:
    return made_release(PHOTOS)


def bytes_of_format(release: PlannedRelease, photos: MemoryPhotos, name: str) -> dict[str, bytes]:
    frozen = frozen_files(release, photos, name)
    return {path: read_file(file, photos) for path, file in frozen.items()}


def test_a_format_is_found_by_its_file() -> None:
    assert list(FORMATS)[:4] == ["imagefolder", "tar", "webdataset", "parquet"]
    assert all(name == format_.name for name, format_ in FORMATS.items())


@pytest.mark.parametrize("name", FORMATS)
def test_paths_begin_with_the_format_and_hold_each_photo_once(
    name: str, released: tuple[PlannedRelease, MemoryPhotos]
) -> None:
    release, _ = released
    files = FORMATS[name].plan(release)
    assert all(file.path.startswith(f"{name}/") for file in files)
    held = sorted(file.image_id for planned in files for file in planned.photos)
    everything = sorted(file.image_id for file in release.facts.manifest.files)
    assert held in (everything, [])
    whole = FORMATS[name].whole.format(release="pets-1")
    assert not whole or [file.path for file in files] == [whole]


def test_the_zip_is_whole_and_has_a_line_for_each_photo(
    released: tuple[PlannedRelease, MemoryPhotos],
) -> None:
    release, photos = released
    [data] = bytes_of_format(release, photos, "imagefolder").values()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        for file in release.facts.manifest.files:
            assert archive.read(file.path) == photos.held[file.sha256]
        names = archive.read("classes.txt").decode().splitlines()
        for split in ("train", "test"):
            lines = archive.read(f"{split}/metadata.jsonl").decode().splitlines()
            for row in map(json.loads, lines):
                assert f"{split}/{row['file_name']}" in archive.namelist()
                assert names[row["label"]] == row["label_name"]
    assert names == ["Apple", 'Bag, "paper"', "Zoë"]


def test_the_zip_stays_whole_when_a_photo_goes(
    released: tuple[PlannedRelease, MemoryPhotos],
) -> None:
    release, photos = released
    [frozen] = frozen_files(release, photos, "imagefolder").values()
    gone = release.facts.manifest.files[0]
    photos.gone.add(gone.image_id)
    data = read_file(frozen, photos)
    photos.gone.clear()
    assert len(data) == frozen.size_bytes
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.read(gone.path) == bytes(gone.bytes)


def test_the_tar_has_the_same_files_as_the_zip(
    released: tuple[PlannedRelease, MemoryPhotos],
) -> None:
    release, photos = released
    [zipped] = bytes_of_format(release, photos, "imagefolder").values()
    [tarred] = bytes_of_format(release, photos, "tar").values()
    with (
        zipfile.ZipFile(io.BytesIO(zipped)) as one,
        tarfile.open(fileobj=io.BytesIO(tarred)) as two,
    ):
        assert one.namelist() == two.getnames()
        for name in one.namelist():
            member = two.extractfile(name)
            assert member is not None
            assert member.read() == one.read(name)


def test_a_webdataset_sample_is_three_members_in_a_row(
    released: tuple[PlannedRelease, MemoryPhotos],
) -> None:
    release, photos = released
    found = {}
    for path, data in bytes_of_format(release, photos, "webdataset").items():
        with tarfile.open(fileobj=io.BytesIO(data)) as shard:
            members = [(name, shard.extractfile(name).read()) for name in shard.getnames()]  # type: ignore[union-attr]
        for photo, number, facts in zip(*(members[start::3] for start in range(3)), strict=True):
            keys = {PurePosixPath(name).stem for name, _ in (photo, number, facts)}
            assert [PurePosixPath(name).suffix for name, _ in (photo, number, facts)] == [
                ".jpg", ".cls", ".json",
            ]  # fmt: skip
            [key] = keys
            found[key] = photo[1]
            told = json.loads(facts[1])
            assert told["label"] == int(number[1])
            assert path == f"webdataset/{told['split']}-00000.tar"
    assert found == {
        file.image_id: photos.held[file.sha256] for file in release.facts.manifest.files
    }


def test_parquet_holds_photos_as_they_are_and_classes_by_number(
    released: tuple[PlannedRelease, MemoryPhotos],
) -> None:
    release, photos = released
    files = bytes_of_format(release, photos, "parquet")
    numbers = release.photo_facts.numbers
    by_id = {file.image_id: file for file in release.facts.manifest.files}
    seen = set()
    for path, data in files.items():
        if not path.endswith(".parquet"):
            continue
        table = pq.read_table(io.BytesIO(data))
        features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
        assert features["label"]["names"] == list(release.photo_facts.names)
        assert list(features) == table.column_names
        for row in table.to_pylist():
            file = by_id[row["image_id"]]
            assert row["image"] == {
                "bytes": photos.held[file.sha256],
                "path": f"{file.image_id}.jpg",
            }
            assert row["label"] == numbers[file.label]
            assert row["labels"] == [label.mid for label in file.labels]
            seen.add(file.image_id)
    assert seen == set(by_id)
    assert b"num_examples" in files["parquet/README.md"]


def test_records_have_right_checksums_also_when_a_photo_is_gone(
    released: tuple[PlannedRelease, MemoryPhotos],
) -> None:
    release, photos = released
    frozen = frozen_files(release, photos, "tfrecord")
    by_path = {file.path: file.photos for file in FORMATS["tfrecord"].plan(release)}
    shards = [path for path, held in by_path.items() if held]
    for gone in (set(), {release.facts.manifest.files[0].image_id}):
        photos.gone.update(gone)
        for path in shards:
            data = read_file(frozen[path], photos)
            records = list(records_of(data))
            assert len(records) == len(by_path[path])
            for record, file in zip(records, by_path[path], strict=True):
                is_gone = file.image_id in photos.gone
                assert record.endswith(bytes(100) if is_gone else photos.held[file.sha256])
    photos.gone.clear()


def records_of(data: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(data):
        (length,) = struct.unpack_from("<Q", data, position)
        assert masked_crc32c(data[position : position + 8]) == data[position + 8 : position + 12]
        record = data[position + 12 : position + 12 + length]
        position += 16 + length
        assert masked_crc32c(record) == data[position - 4 : position]
        yield record


def test_a_large_parquet_file_is_split_at_its_row_groups() -> None:
    release, photos = made_release([b"%05d" % number + bytes(300) for number in range(1_000)])
    [largest] = [file for file in FORMATS["parquet"].plan(release) if "train-00000" in file.path]
    [data] = [
        data
        for path, data in bytes_of_format(release, photos, "parquet").items()
        if path == largest.path
    ]
    assert pq.ParquetFile(io.BytesIO(data)).metadata.num_rows == len(largest.photos)


@pytest.mark.parametrize(
    ("photos", "size", "shards"), [(1, 10, 1), (250, 10, 2), (100_000, 10, 64), (3, 50 << 20, 3)]
)
def test_a_split_has_shards_for_many_readers_where_its_photos_suffice(
    photos: int, size: int, shards: int
) -> None:
    release, _ = made_release([b"x"])
    [file] = release.facts.manifest.files
    copies = [
        replace(file, bytes=size, image_id=f"{number:016x}", split="train")
        for number in range(photos)
    ]
    manifest = replace(release.facts.manifest, files=tuple(copies))
    found = plan_release(replace(release.facts, manifest=manifest), {}).of_split("train")
    assert len(found) == shards
    assert sum(len(shard.files) for shard in found) == photos
