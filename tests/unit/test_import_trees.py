"""Archives and folders that are made to harm: each member is survived, and named in the report."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import tracemalloc
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from imagehub.errors import Refused
from imagehub.importing import trees
from imagehub.importing.readers.files import FilesReader
from imagehub.importing.trees import FolderTree, TarTree, ZipTree
from imagehub.vocabulary import MAX_PHOTO_BYTES
from tests.archives import folder_of, link, tar_of, zip_of

PHOTO = b"the bytes of a photo"
ODD = {
    "Mug/line\nbreak.jpg": "Mug/line\\nbreak.jpg",
    "Mug/\u202egpj.exe.jpg": "Mug/\\u202egpj.exe.jpg",
    "Mug/Ωμέγα 🫖.jpg": "Mug/Ωμέγα 🫖.jpg",
    "Mug/a'b\"c.jpg": "Mug/a'b\"c.jpg",
}
LEAVING = ("/etc/passwd.jpg", "../up.jpg", "Mug/../../up.jpg", "C:/up.jpg", "Mug\\..\\up.jpg")


def told(place: Path) -> dict[str, str]:
    """Each row's place -> why it is refused unread, or what it reads."""
    found = {}
    reader = FilesReader(place, None, None)
    for part in reader.parts():
        for row in reader.rows(part):
            try:
                found[row.key] = row.problem.code if row.problem else row.read().decode()
            except Refused as refused:
                found[row.key] = refused.code
    return found


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
def test_names_that_lead_out_of_an_archive_are_refused(tmp_path: Path, name: str) -> None:
    pack = zip_of if name.endswith("zip") else tar_of
    files = dict.fromkeys((*LEAVING, "Mug/good.jpg"), PHOTO)
    found = told(pack(tmp_path / name, files))
    assert found.pop("Mug/good.jpg") == PHOTO.decode()
    assert len(found) == len(LEAVING)
    assert set(found.values()) == {"unsafe_path"}
    assert [file.name for file in tmp_path.iterdir()] == [name]  # nothing was written


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a"])
def test_odd_names_are_survived_and_can_be_read(tmp_path: Path, name: str) -> None:
    pack = {"a.zip": zip_of, "a.tar": tar_of}.get(name, folder_of)
    found = told(pack(tmp_path / name, dict.fromkeys(ODD, PHOTO)))
    assert found == dict.fromkeys(ODD.values(), PHOTO.decode())


def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path) -> None:
    others = [
        link("Mug/soft.jpg", "/etc/passwd"),
        link("Mug/hard.jpg", "Mug/good.jpg", tarfile.LNKTYPE),
        link("Mug/device.jpg", "", tarfile.CHRTYPE),
        link("Mug/pipe.jpg", "", tarfile.FIFOTYPE),
    ]
    found = told(tar_of(tmp_path / "a.tar", {"Mug/good.jpg": PHOTO}, *others))
    assert found == {
        "Mug/good.jpg": PHOTO.decode(),
        "Mug/soft.jpg": "link",
        "Mug/hard.jpg": "link",
        "Mug/device.jpg": "no_file",
        "Mug/pipe.jpg": "no_file",
    }


def test_links_and_pipes_in_a_folder_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"secret")
    folder = folder_of(tmp_path / "a", {"Mug/good.jpg": PHOTO})
    (folder / "Mug/link.jpg").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(folder / "Mug/pipe.jpg")
    assert told(folder) == {
        "Mug/good.jpg": PHOTO.decode(),
        "Mug/link.jpg": "link",
        "Mug/pipe.jpg": "no_file",
        "up": "link",
    }


def test_links_and_encrypted_files_in_a_zip_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("Mug/link.jpg")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
        archive.writestr("Mug/secret.jpg", PHOTO)
    data = (tmp_path / "a.zip").read_bytes()
    at = data.rindex(b"PK\x01\x02") + 8  # the flags of the last file, in the zip's own list
    (tmp_path / "a.zip").write_bytes(data[:at] + b"\x01\x00" + data[at + 2 :])
    assert told(tmp_path / "a.zip") == {"Mug/link.jpg": "link", "Mug/secret.jpg": "encrypted"}


def test_a_zip_bomb_is_read_no_further_than_a_photo_may_be_large(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("Mug/bomb.jpg", "w", force_zip64=True) as member,
    ):
        for _ in range(400):
            member.write(bytes(1 << 20))
    tracemalloc.start()
    (row,) = ZipTree(tmp_path / "a.zip").entries()
    assert len(row.read()) == MAX_PHOTO_BYTES + 1  # which the first check of a photo refuses
    assert tracemalloc.get_traced_memory()[1] < 4 * MAX_PHOTO_BYTES
    tracemalloc.stop()


def test_a_tar_bomb_is_left_where_it_swells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "FREE_BYTES", 10 << 20)
    good, bomb = tarfile.TarInfo("Mug/good.jpg"), tarfile.TarInfo("Mug/bomb.jpg")
    good.size, bomb.size = len(PHOTO), 200 << 20
    with gzip.open(tmp_path / "a.tar.gz", "wb") as file:
        file.write(good.tobuf() + PHOTO.ljust(512, b"\0") + bomb.tobuf())
        for _ in range(200):
            file.write(bytes(1 << 20))
    assert told(tmp_path / "a.tar.gz") == {
        "Mug/good.jpg": PHOTO.decode(),
        "a.tar.gz": "archive_bomb",
    }


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_name_of_a_gigabyte_in_a_tar_is_not_read(tmp_path: Path, kind: bytes) -> None:
    header = tarfile.TarInfo("name")
    header.type, header.size = kind, 1 << 30
    good = tarfile.TarInfo("Mug/good.jpg")
    good.size = len(PHOTO)
    with gzip.open(tmp_path / "a.tar.gz", "wb", compresslevel=1) as file:
        file.write(good.tobuf() + PHOTO.ljust(512, b"\0") + header.tobuf())
        for _ in range(64):
            file.write(bytes(1 << 20))
    tracemalloc.start()
    assert told(tmp_path / "a.tar.gz") == {
        "Mug/good.jpg": PHOTO.decode(),
        "a.tar.gz": "archive_broken",
    }
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_a_tar_that_is_cut_off_gives_what_it_has(tmp_path: Path) -> None:
    whole = tar_of(tmp_path / "a.tar", {f"Mug/{n}.jpg": PHOTO * 100 for n in range(3)})
    (tmp_path / "cut.tar").write_bytes(whole.read_bytes()[:4096])
    found = told(tmp_path / "cut.tar")
    assert found["Mug/0.jpg"] == (PHOTO * 100).decode()
    assert found["cut.tar"] == "archive_broken"


def test_a_tar_may_hold_a_name_twice(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for data in (b"first", b"second"):
            info = tarfile.TarInfo("Mug/1.jpg")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    assert told(tmp_path / "a.tar") == {"Mug/1.jpg": "first", "Mug/1.jpg (2)": "second"}


def test_a_member_that_is_larger_than_a_photo_may_be_is_not_kept(tmp_path: Path) -> None:
    tar = tar_of(tmp_path / "a.tar", {"Mug/1.jpg": bytes(MAX_PHOTO_BYTES + 1)})
    (entry,) = TarTree(tar).entries()
    assert entry.problem
    assert (entry.problem.code, entry.read()) == ("photo_too_large", b"")


def test_what_is_no_archive_is_refused_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK, but not much else")
    assert told(tmp_path / "a.zip") == {"a.zip": "archive_broken"}


def test_a_hundred_thousand_files_in_a_folder_are_each_a_row(tmp_path: Path) -> None:
    folder = tmp_path / "many" / "Mug"
    folder.mkdir(parents=True)
    for number in range(100_000):
        (folder / f"{number}.jpg").touch()
    labels = Counter(
        row.facts.labels for row in FilesReader(tmp_path / "many", None, None).rows("many")
    )
    assert labels == {("Mug",): 100_000}


def test_folders_are_followed_to_a_depth(tmp_path: Path) -> None:
    deep = "/".join("x" * (trees.MAX_DEPTH + 1))
    folder_of(tmp_path / "a", {f"{deep}/1.jpg": PHOTO})
    (entry,) = FolderTree(tmp_path / "a").entries()
    assert entry.problem
    assert entry.problem.code == "too_deep"
