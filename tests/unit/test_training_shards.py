"""A release's photos as TFRecord shards."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub import manifest as manifests
from imagehub.errors import Refused
from imagehub.manifest import Manifest, ManifestFile
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from imagehub.vocabulary import Label
from tests.factories.drawings import drawn_jpeg
from tests.factories.manifest_files import manifest_file
from training import dataset, photos, records, shards
from training.preparing import PinnedRelease, read_manifest

SHA256 = "ab" * 32


def file(number: int, label: str, split: str) -> ManifestFile:
    return manifest_file(f"{number}".encode(), Label(label, "Thing"), split)


def manifest(counts: dict[str, dict[str, int]]) -> Manifest:
    """A manifest with so many files for each label and split."""
    files = []
    for label, splits in counts.items():
        for split, count in splits.items():
            files += [file(len(files) + extra, label, split) for extra in range(count)]
    labels = tuple(Label(label, label.rpartition("/")[2].title()) for label in counts)
    return Manifest("pets-1", datetime(2026, 5, 2, tzinfo=UTC), 1, {}, labels, tuple(files))


PETS = manifest({"/m/dog": {"train": 900, "test": 9}, "/m/cat": {"train": 400, "test": 1}})


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=20),
        st.one_of(st.binary(max_size=300), st.integers(0, 2**40)),
        max_size=6,
    )
)
def test_an_example_is_read_back_as_it_was_written(fields: dict[str, bytes | int]) -> None:
    texts, numbers = records.decode(records.encode(fields))
    assert {**texts, **numbers} == fields


@given(st.lists(st.binary(max_size=200), max_size=5), st.data())
def test_a_changed_byte_of_a_shard_is_noticed(found: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(records.frame(record) for record in found)
    assert list(records.split(whole)) == found
    if whole:
        at = data.draw(st.integers(0, len(whole) - 1))
        damaged = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        with pytest.raises(Refused, match="damaged"):
            list(records.split(damaged))


def test_every_file_stands_in_one_shard_of_its_split() -> None:
    plans = shards.plan(PETS, SHA256, 64)
    planned = [(file.image_id, plan.split) for plan in plans for file in plan.files]
    assert sorted(planned) == sorted((file.image_id, file.split) for file in PETS.files)
    assert len({plan.key for plan in plans}) == len(plans)
    assert max(len(plan.files) for plan in plans) <= shards.PHOTOS_A_SHARD


def test_shards_of_a_split_have_the_same_number_of_photos_and_all_labels() -> None:
    train = [plan for plan in shards.plan(PETS, SHA256, 64) if plan.split == "train"]
    sizes = [len(plan.files) for plan in train]
    assert max(sizes) - min(sizes) <= 1
    assert all({file.label for file in plan.files} == {"/m/cat", "/m/dog"} for plan in train)


def test_classes_are_numbered_in_the_order_of_mids_and_named() -> None:
    index = shards.index(PETS, SHA256, 64, [])
    assert (index.classes, index.names) == (("/m/cat", "/m/dog"), ("Cat", "Dog"))


def test_an_index_is_read_back_as_it_was_written() -> None:
    made = [shards.facts(plan, plan.key.encode()) for plan in shards.plan(PETS, SHA256, 64)]
    index = shards.index(PETS, SHA256, 64, made)
    assert shards.read_index(shards.write_index(index)) == index
    assert index.photos("train") == 1300


def test_every_worker_takes_the_same_number_of_whole_steps() -> None:
    made = [
        shards.ShardFacts(f"train-{n}", "train", photos, "")
        for n, photos in enumerate((50, 40, 30))
    ]
    assert dataset.share(made, 0, 2) == [made[0], made[2]]
    assert dataset.steps_an_epoch(made, 2, 16) == 40 // 16
    assert dataset.steps_an_epoch(made, 2, 512) == 1


def test_a_shard_holds_the_photos_small_and_square_as_object_detection_names_them() -> None:
    jpeg = drawn_jpeg(1, (320, 200))
    plan = shards.plan(manifest({"/m/dog": {"train": 3}, "/m/cat": {"train": 3}}), SHA256, 48)[0]
    data = shards.build(plan, lambda _file: photos.small_jpeg(jpeg, 48))
    assert data == shards.build(plan, lambda _file: photos.small_jpeg(jpeg, 48))
    texts, numbers = records.decode(next(records.split(data)))
    assert numbers["image/height"] == numbers["image/width"] == 48
    assert texts["image/class/text"].decode() == plan.files[0].label
    assert texts["image/format"] == b"jpeg"
    assert [photo.image_id for photo in dataset.photos(data)] == [f.image_id for f in plan.files]


def test_a_copy_of_a_shard_on_this_machine_is_checked_and_made_once(tmp_path: Path) -> None:
    store = FolderStore(str(tmp_path / "objects"))
    store.put("training/a", b"shard")
    known = shards.ShardFacts("training/a", "train", 1, hashlib.sha256(b"shard").hexdigest())
    (copy,) = dataset.local_copies(store, [known], tmp_path / "cache")
    assert copy.read_bytes() == b"shard"
    store.delete("training/a")
    assert dataset.local_copies(store, [known], tmp_path / "cache") == [copy]
    store.put("training/b", b"other")
    with pytest.raises(Refused, match="sha256"):
        dataset.local_copies(store, [replace(known, key="training/b", sha256="0" * 64)], tmp_path)


def test_a_manifest_that_a_run_does_not_name_is_refused(tmp_path: Path) -> None:
    store, data = FolderStore(str(tmp_path)), manifests.write(PETS)
    store.put(keys.release_manifest(PETS.release), data)
    named = PinnedRelease(PETS.release, manifests.digest(data))
    assert len(read_manifest(store, named).files) == len(PETS.files)
    with pytest.raises(Refused, match="not the one that was signed"):
        read_manifest(store, replace(named, manifest_sha256=bytes(32)))
