"""Folders are sent as people, phones and network disks leave them; what is not sent is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imagehub import release_paths
from imagehub.client.claims import from_folder, from_release, from_subfolders
from imagehub.file_names import is_text, shown
from imagehub.vocabulary import Label
from tests import scripted_release

LEFTOVERS = [
    "@eaDir/real.jpg/SYNOPHOTO_THUMB_XL.jpg",
    "@eaDir/real.jpg@SynoResource",
    "#recycle/old.jpg",
    "@Recycle/old.jpg",
    ".@__thumb/default1.jpg",
    "Thumbs.db",
    "THUMBS.DB",
    "ehthumbs.db",
    "desktop.ini",
    "Desktop.ini",
    "$RECYCLE.BIN/S-1-5/$R1.jpg",
    "System Volume Information/IndexerVolumeGuid",
    "RECYCLER/x.jpg",
    "__MACOSX/._real.jpg",
    "._real.jpg",
    ".DS_Store",
    ".Trashes/501/a.jpg",
    ".thumbnails/1.jpg",
    "lost+found/x.jpg",
    "Icon\r",
]


def _touch(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"photo")


def _told(folder: Path) -> dict[str, str]:
    return {photo.name: photo.fault or photo.left_out for photo in from_folder(folder, "Toy")}


@pytest.mark.parametrize("leftover", LEFTOVERS)
def test_what_systems_leave_behind_is_passed_over(tmp_path: Path, leftover: str) -> None:
    _touch(tmp_path / "Toy/real.jpg", tmp_path / "Toy" / leftover, tmp_path / leftover)
    assert [photo.name for photo in from_subfolders(tmp_path)] == ["Toy/real.jpg"]


def test_what_belongs_to_a_photo_is_named_and_left_out(tmp_path: Path) -> None:
    _touch(*(tmp_path / name for name in ("1.HEIC", "1.AAE", "1.MOV", "1.xmp", "2.MOV", "3.jpg")))
    companion = "It belongs to a photo but is not one."
    assert _told(tmp_path) == {
        "1.HEIC": "",
        "1.AAE": companion,
        "1.MOV": companion,
        "1.xmp": companion,
        "2.MOV": "",  # the hub says that it is no photo
        "3.jpg": "",
    }


def test_links_are_followed_and_dead_ones_are_offered_to_be_named(tmp_path: Path) -> None:
    _touch(tmp_path / "elsewhere/a.jpg", tmp_path / "elsewhere/b/c.jpg", tmp_path / "one.jpg")
    toys = tmp_path / "labels/Toy"
    toys.mkdir(parents=True)
    (toys / "file.jpg").symlink_to(tmp_path / "one.jpg")
    (toys / "folder").symlink_to(tmp_path / "elsewhere")
    (toys / "dead.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "labels/Mug").symlink_to(tmp_path / "elsewhere")
    assert [photo.name for photo in from_subfolders(tmp_path / "labels")] == [
        "Mug/a.jpg",
        "Mug/b/c.jpg",
        "Toy/dead.jpg",
        "Toy/file.jpg",
        "Toy/folder/a.jpg",
        "Toy/folder/b/c.jpg",
    ]


def test_links_that_go_in_a_circle_are_named_once(tmp_path: Path) -> None:
    _touch(tmp_path / "a/1.jpg", tmp_path / "b/2.jpg")
    (tmp_path / "a/up").symlink_to(tmp_path)
    (tmp_path / "b/other").symlink_to(tmp_path / "a")
    (tmp_path / "b/self").symlink_to(tmp_path / "b/self")
    told = _told(tmp_path)
    circle = "It is a link to a folder above it."
    assert told["a/up"] == told["b/other/up"] == circle
    assert [name for name, why in told.items() if not why] == [
        "a/1.jpg",
        "b/2.jpg",
        "b/other/1.jpg",
        "b/self",
    ]


def test_pipes_are_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert "pipe" in _told(tmp_path)["pipe.jpg"]


def test_a_label_folder_whose_name_is_no_text_is_a_fault_of_its_photos_alone(
    tmp_path: Path,
) -> None:
    _touch(tmp_path / "Toy/1.jpg", tmp_path / os.fsdecode(b"Caf\xe9") / "1.jpg")
    found = {shown(photo.name): photo.fault for photo in from_subfolders(tmp_path)}
    assert found["Toy/1.jpg"] == ""
    assert "is no UTF-8 text" in found[r"Caf\xe9/1.jpg"]
    assert all(is_text(fault) for fault in found.values())


@pytest.mark.parametrize("name", ["café", "日本", "a\\x"])
def test_text_is_shown_as_it_is(name: str) -> None:
    assert shown(name) == name


@pytest.mark.parametrize(
    "label",
    [
        Label("/m/09qck", "Banana"),
        Label("/g/11b7_x", "Bell pepper"),
        Label("/h/abc123", "תפוח"),
        Label("/m/0_a", "Vitamin C"),
    ],
    ids=str,
)
def test_the_name_of_a_releases_folder_leads_back_to_its_label(label: Label) -> None:
    assert label.mid in release_paths.mids_of(release_paths.folder(label))


@pytest.mark.parametrize("name", ["Dog", "my dog-0bt9lr", "mug", "Café-09qck", "-", ""])
def test_other_names_lead_to_no_label(name: str) -> None:
    assert release_paths.mids_of(name) == []


def test_an_unpacked_release_names_its_labels_by_its_manifest(tmp_path: Path) -> None:
    (tmp_path / "MANIFEST.jsonl").write_bytes(scripted_release.written())
    (tmp_path / "README.md").write_text("# pets-1")
    for path in scripted_release.PHOTOS:
        _touch(tmp_path / path)
    first = sorted(scripted_release.PHOTOS)[0]
    _touch(tmp_path / "train/mine.jpg")
    told = {photo.name: (photo.claim.label, photo.left_out) for photo in from_release(tmp_path)}
    assert set(told) == {*scripted_release.PHOTOS, "train/mine.jpg"}
    assert told["train/mine.jpg"] == ("", "It is not in the release's manifest.")
    assert all(told[path][0].startswith("/m/") for path in scripted_release.PHOTOS)
    of_a_label = from_release((tmp_path / first).parent)
    assert first in [photo.name for photo in of_a_label]
    assert from_release(tmp_path.parent) == []


def test_a_folder_beside_a_release_is_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "MANIFEST.jsonl").write_bytes(scripted_release.written())
    _touch(tmp_path / "holiday/Dog/1.jpg")
    assert from_release(tmp_path / "holiday") == []
