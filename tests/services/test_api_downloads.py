"""Downloads of a release through the real API: exact, streamed, and as the manifest says."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import tracemalloc
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from werkzeug.test import TestResponse

from imagehub import manifest, withdrawal_list
from imagehub.catalogue.releases import release_queries, release_withdrawals
from imagehub.formats import FORMATS
from imagehub.release_documents import Signed
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from imagehub.withdrawal_list import WithdrawnFile
from tests import photos
from tests.factories.photo_releases import Released, release_with_photos
from tests.signed_in import SignedIn
from tests.web_server import Web
from webapp.application import create_app
from webapp.releases import format_files, open_downloads
from webapp.releases import service as releases


@pytest.fixture(scope="module")
def release(web: Web) -> Released:
    with web.database.transaction() as cursor:
        return release_with_photos(
            cursor, web.store, [photos.jpeg(seed, 200, 150) for seed in range(12)]
        )


def path_of(release: Released, rest: str) -> str:
    return f"/api/v1/releases/{release.id}{rest}"


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_the_release_names_what_signs_its_manifest(web: Web, release: Released) -> None:
    shown = web.get(path_of(release, "")).json()
    data = web.get(path_of(release, "/manifest")).content
    assert data == release.manifest_bytes
    assert hashlib.sha256(data).hexdigest() == shown["manifest_sha256"]
    manifest.verify(data, bytes.fromhex(shown["signature"]), bytes.fromhex(shown["public_key"]))
    assert (shown["state"], shown["files"]) == ("ready", 12)
    assert shown["total_bytes"] == sum(len(photo) for photo in release.photos.values())


def test_a_visitor_takes_small_releases_home_and_an_account_all(web: Web) -> None:
    most = releases.MOST_FILES_FOR_VISITORS
    with web.database.transaction() as cursor:
        sizes = {
            files: release_with_photos(
                cursor, web.store, [photos.jpeg(seed, 16, 16) for seed in range(files)]
            )
            for files in (most, most + 1)
        }
        for made in sizes.values():
            nothing_yet = Signed(withdrawal_list.write(()), bytes(64), bytes(32))
            release_withdrawals.write_list(cursor, made.id, nothing_yet)
    _, token = web.person()
    tables = ("", "/MANIFEST.jsonl", "/SIGNATURE.json", "/images.csv", "/labels.csv")
    for files, made in sizes.items():
        for name in ("WITHDRAWN.csv", "WITHDRAWN-SIGNATURE.json", "CREDITS.md"):
            assert web.get(path_of(made, f"/documents/{name}")).status_code == 200, name
        for rest in (
            *("/manifest", "/download", f"/files/{made.manifest.files[0].path}"),
            *(f"/documents{table}" for table in tables),
        ):
            assert web.get(path_of(made, rest), token).status_code == 200
            heard = web.get(path_of(made, rest)).status_code
            assert heard == (200 if files == most else 401), rest
    assert '/manifest">manifest</a>' in web.get(f"/releases/{sizes[most].id}").text
    # A browser has no token, so that a link to the large one's manifest would lead nowhere.
    assert '/manifest"' not in SignedIn(web, token).get(f"/releases/{sizes[most + 1].id}").text
    page = web.get(f"/releases/{sizes[most + 1].id}").text
    assert "Sign in to download" in page
    assert "format=imagefolder" not in page
    assert "format=imagefolder" in web.get(f"/releases/{sizes[most].id}").text


def test_whoever_takes_a_table_of_a_release_home_is_noted_as_whoever_takes_it_whole(
    web: Web, release: Released
) -> None:
    for name, is_noted in (("WITHDRAWN.csv", False), ("CREDITS.md", False), ("images.csv", True)):
        account, token = web.person()
        web.get(path_of(release, f"/documents/{name}"), token)
        assert web.get(path_of(release, "/documents/nothing.csv"), token).status_code == 404
        with web.database.transaction() as cursor:
            noted = account.id in release_queries.downloaders(cursor, release.id)
        assert noted == is_noted, name


def test_the_zip_holds_exactly_the_manifests_files(web: Web, release: Released) -> None:
    answer = web.get(path_of(release, "/download?format=imagefolder"))
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert f"{release.id}.zip" in answer.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
    assert {
        name: archive.read(name) for name in archive.namelist() if name.endswith(".jpg")
    } == release.photos
    assert archive.read("MANIFEST.jsonl") == release.manifest_bytes
    signature = json.loads(archive.read("SIGNATURE.json"))
    manifest.verify(
        release.manifest_bytes,
        bytes.fromhex(signature["signature"]),
        bytes.fromhex(signature["public_key"]),
    )


def test_the_tables_are_open_images(web: Web, release: Released) -> None:
    content = web.get(path_of(release, "/download")).content
    archive = zipfile.ZipFile(io.BytesIO(content))
    file = release.manifest.files[0]
    images, labels = rows(archive.read("images.csv")), rows(archive.read("labels.csv"))
    assert len(images) == len(labels) == 12
    assert (images[0]["ImageID"], images[0]["Subset"]) == (file.image_id, file.split)
    assert images[0]["Author"] == "somebody"
    assert labels[0] == {
        "ImageID": file.image_id,
        "Source": "verification",
        "LabelName": "/m/0bt9lr",
        "Confidence": "0.97",
    }
    assert rows(archive.read("class-descriptions.csv")) == [
        {"LabelName": "/m/0bt9lr", "DisplayName": "Dog"}
    ]
    assert b"somebody: 12 photos" in archive.read("CREDITS.md")


@pytest.mark.parametrize("name", FORMATS)
def test_each_file_of_each_format_is_what_its_list_says(
    web: Web, release: Released, name: str
) -> None:
    listed = web.get(path_of(release, f"/formats/{name}")).json()["files"]
    assert listed
    for file in listed:
        url = path_of(release, f"/formats/{name}/{file['path']}")
        answer = web.get(url)
        assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
        assert answer.headers["ETag"] == f'"{file["sha256"]}"'
        assert answer.headers["Content-Type"].startswith(file["media_type"])
        assert len(answer.content) == file["bytes"]
        middle = file["bytes"] // 2
        part = web.get(url, headers={"Range": f"bytes={middle}-{middle + 5000}"})
        assert (part.status_code, part.content) == (206, answer.content[middle : middle + 5001])
        tail = web.get(url, headers={"Range": "bytes=-8"})
        assert tail.content == answer.content[-8:]
        head = web.request("HEAD", url)
        assert (head.headers["Content-Length"], head.content) == (str(file["bytes"]), b"")
        assert head.headers["Accept-Ranges"] == "bytes"


def test_a_download_that_was_cut_goes_on_where_it_was(web: Web, release: Released) -> None:
    whole = web.get(path_of(release, "/download"))
    again = {"Range": "bytes=1000-", "If-Range": whole.headers["ETag"]}
    rest = web.get(path_of(release, "/download"), headers=again)
    assert (rest.status_code, rest.content) == (206, whole.content[1000:])


def test_zeros_stand_for_a_withdrawn_photo_and_all_else_stays(web: Web) -> None:
    with web.database.transaction() as cursor:
        release = release_with_photos(
            cursor, web.store, [photos.jpeg(seed, 200, 150) for seed in range(700, 704)]
        )
    before = web.get(path_of(release, "/download"))
    gone = release.manifest.files[1]
    with web.database.transaction() as cursor:
        withdrawn = WithdrawnFile(
            *(release.id, gone.image_id, gone.path, gone.sha256, "withdrawn"), datetime.now(UTC)
        )
        release_withdrawals.add(cursor, [withdrawn])
    web.store.delete(keys.full(gone.photo_sha256))
    after = web.get(path_of(release, "/download"))
    assert len(after.content) == len(before.content)
    assert after.headers["ETag"] != before.headers["ETag"]
    archive = zipfile.ZipFile(io.BytesIO(after.content))
    assert archive.testzip() is None
    for path, photo in release.photos.items():
        assert archive.read(path) == (bytes(len(photo)) if path == gone.path else photo)
    stale = {"Range": "bytes=1000-", "If-Range": before.headers["ETag"]}
    assert web.get(path_of(release, "/download"), headers=stale).content == after.content


def test_each_file_can_be_had_whole_or_in_part(web: Web, release: Released) -> None:
    for path, photo in release.photos.items():
        assert web.get(path_of(release, f"/files/{path}")).content == photo
    size = len(photo)
    url = path_of(release, f"/files/{path}")
    for asked, start, end in (
        ("bytes=0-9", 0, 10),
        ("bytes=100-", 100, size),
        ("bytes=-7", size - 7, size),
        (f"bytes=5-{10**12}", 5, size),
    ):
        part = web.get(url, headers={"Range": asked})
        assert (part.status_code, part.content) == (206, photo[start:end])
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
    assert web.get(url, headers={"Range": f"bytes={size}-"}).status_code == 416
    for unusual in ("bytes=a-b", "bytes=0-1,3-4", "lines=1-2", "bytes=5-1"):
        assert web.get(url, headers={"Range": unusual}).status_code in (200, 416)
    tag = web.get(url).headers["ETag"]
    assert web.get(url, headers={"If-None-Match": tag}).status_code == 304
    other = {"Range": "bytes=0-9", "If-Range": '"other"'}
    assert web.get(url, headers=other).content == photo


@pytest.mark.parametrize(
    "path", ["train/x.jpg", "../manifest.jsonl", "%2e%2e/%2e%2e/etc/passwd", "a%00b", "x" * 3000]
)
def test_what_is_not_in_the_release_is_not_there(web: Web, release: Released, path: str) -> None:
    assert web.get(path_of(release, f"/files/{path}")).status_code == 404


def test_a_release_that_is_not_ready_has_no_files(web: Web, release: Released) -> None:
    for rest in ("", "/manifest", "/download", "/files/a"):
        assert web.get(f"/api/v1/releases/nothing-1{rest}").status_code == 404
    assert web.get(path_of(release, "/download?format=exe")).status_code == 422
    assert web.get(path_of(release, "/formats/exe")).status_code == 404
    for name in ("exe", "../manifest.jsonl", "%2e%2e/manifest.jsonl", "tar"):
        assert web.get(path_of(release, f"/formats/tar/{name}")).status_code == 404
    parts = web.get(path_of(release, "/download?format=parquet"))
    assert (parts.status_code, parts.json()["code"]) == (422, "format_has_parts")


def test_head_tells_the_size_without_the_bytes(web: Web, release: Released) -> None:
    answer = web.request("HEAD", path_of(release, "/download"))
    whole = web.get(path_of(release, "/download"))
    assert answer.headers["Content-Length"] == whole.headers["Content-Length"]
    assert answer.content == b""


@pytest.mark.parametrize("photo_bytes", [5_000, 500_000])
def test_damaged_bytes_break_the_download_instead_of_passing(web: Web, photo_bytes: int) -> None:
    with web.database.transaction() as cursor:
        release = release_with_photos(
            cursor, web.store, [os.urandom(photo_bytes) for _ in range(4)]
        )
    key = keys.full(release.manifest.files[-1].photo_sha256)
    damaged = bytearray(web.store.get(key))
    damaged[1000] ^= 1
    web.store.delete(key)
    web.store.put(key, bytes(damaged))
    try:
        answer = web.get(path_of(release, "/download"))
    except requests.RequestException:
        return  # it was cut off in the middle
    assert answer.status_code == 500


def test_names_that_people_chose_do_no_harm_in_tables_and_texts(web: Web) -> None:
    with web.database.transaction() as cursor:
        release = release_with_photos(
            cursor, web.store, [b"x" * 100], contributor="=cmd|'/C calc'!A0\n<b>[x](http://y)"
        )
    archive = zipfile.ZipFile(io.BytesIO(web.get(path_of(release, "/download")).content))
    assert rows(archive.read("images.csv"))[0]["Author"].startswith("'=cmd")
    assert b"<b>" not in archive.read("CREDITS.md")
    assert b"](http" not in archive.read("CREDITS.md")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_sending_keeps_few_photos_in_memory(web: Web, tmp_path: Path, name: str) -> None:
    photo_bytes = 1_000_000
    store = FolderStore(str(tmp_path))
    with web.database.transaction() as cursor:
        release = release_with_photos(
            cursor, store, [bytes([number]) * photo_bytes for number in range(40)]
        )
    files = format_files.of_format(web.database, release.id, name)
    tracemalloc.start()
    sent_bytes = 0
    for file in files:
        found = format_files.find_file(web.database, store, release.id, file.path)
        sent_bytes += sum(len(chunk) for chunk in found.read(0, file.bytes))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent_bytes == sum(file.bytes for file in files)
    assert peak_bytes < 8 * 1024 * 1024


def test_one_account_has_few_archives_open_at_once(web: Web, release: Released) -> None:
    app, (_, token) = create_app(web.settings), web.person()
    client, headers = app.test_client(), {"Authorization": f"Bearer {token}"}

    def begin() -> TestResponse:
        return client.get(path_of(release, "/download"), headers=headers, buffered=False)

    taken = [begin() for _ in range(open_downloads.FOR_ONE)]
    assert {answer.status_code for answer in taken} == {200}
    refused = begin()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    taken[0].close()  # as the server does for a client that is gone
    assert begin().status_code == 200
    app.extensions["hub_resources"].database.close()
