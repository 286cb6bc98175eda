"""`imagehub download` from the real web server: what its ZIP holds, byte for byte."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from imagehub.cli import main
from imagehub.client.download import fingerprint
from imagehub.storage import keys
from tests import photos
from tests.factories.photo_releases import Released, release_with_photos
from tests.web_server import Web


@pytest.fixture(scope="module")
def release(web: Web) -> Released:
    with web.database.transaction() as cursor:
        return release_with_photos(
            cursor, web.store, [photos.jpeg(seed, 200, 150) for seed in range(100, 112)]
        )


def imagehub(web: Web, *arguments: str) -> Result:
    return CliRunner(env={"IMAGEHUB_SERVER": web.url}).invoke(main, list(arguments))


def test_the_folder_holds_exactly_what_the_zip_holds(
    web: Web, release: Released, tmp_path: Path
) -> None:
    shown = imagehub(web, "download", release.id, str(tmp_path), "--json")
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.stdout)
    content = web.get(f"/api/v1/releases/{release.id}/download?format=imagefolder").content
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert {
        str(file.relative_to(tmp_path)): file.read_bytes()
        for file in tmp_path.rglob("*")
        if file.is_file()
    } == {name: archive.read(name) for name in archive.namelist()}
    assert told["mismatches"] == []
    assert told["files"] == told["fetched"] == len(archive.namelist())


def test_an_unpacked_archive_is_checked_and_mended_as_its_readme_says(
    web: Web, release: Released, tmp_path: Path
) -> None:
    content = web.get(f"/api/v1/releases/{release.id}/download?format=imagefolder").content
    archive = zipfile.ZipFile(io.BytesIO(content))
    archive.extractall(tmp_path)
    readme = (tmp_path / "README.md").read_text()
    assert "`imagehub download NAME FOLDER --public-key KEY`" in readme
    key = web.get(f"/api/v1/releases/{release.id}").json()["public_key"]
    assert key in web.get(f"/releases/{release.id}").text
    changed, gone = (tmp_path / path for path in list(release.photos)[:2])
    photo = changed.read_bytes()
    changed.write_bytes(photo[:-1] + bytes([photo[-1] ^ 1]))
    gone.unlink()
    arguments = ("download", release.id, str(tmp_path), "--public-key", key, "--json")
    told = json.loads(imagehub(web, *arguments).stdout)
    assert (told["fetched"], told["present"]) == (2, len(archive.namelist()) - 2)
    assert (changed.read_bytes(), gone.is_file()) == (photo, True)


def test_a_download_that_was_cut_short_goes_on(web: Web, release: Released, tmp_path: Path) -> None:
    path, photo = next(iter(release.photos.items()))
    imagehub(web, "download", release.id, str(tmp_path))
    (tmp_path / path).unlink()
    (tmp_path / f"{path}.part").write_bytes(photo[:700])
    shown = imagehub(web, "download", release.id, str(tmp_path), "--json")
    told = json.loads(shown.stdout)
    assert (told["fetched"], told["present"]) == (1, told["files"] - 1)
    assert (tmp_path / path).read_bytes() == photo
    assert not list(tmp_path.rglob("*.part"))


def test_a_photo_that_was_changed_in_the_store_is_found(web: Web, tmp_path: Path) -> None:
    with web.database.transaction() as cursor:
        release = release_with_photos(cursor, web.store, [photos.jpeg(1, 90, 90)])
    file = release.manifest.files[0]
    photo = web.store.get(keys.full(file.photo_sha256))
    place = Path(web.settings.data, "objects", keys.full(file.photo_sha256))
    at = file.bytes // 2
    changed = photo[:at] + bytes([photo[at] ^ 1]) + photo[at + 1 :]
    place.chmod(0o600)
    place.write_bytes(changed)
    shown = imagehub(web, "download", release.id, str(tmp_path), "--json")
    assert shown.exit_code == 1, shown.output
    assert json.loads(shown.stdout)["mismatches"] == [file.path]
    assert not (tmp_path / file.path).exists()


def test_a_pinned_key_must_be_the_releases(web: Web, release: Released, tmp_path: Path) -> None:
    key = web.get(f"/api/v1/releases/{release.id}").json()["public_key"]
    right = fingerprint(bytes.fromhex(key))
    arguments = ["download", release.id, str(tmp_path / "x"), "--public-key"]
    wrong = imagehub(web, *arguments, "00" * 32)
    assert wrong.exit_code == 2
    assert right in wrong.stderr
    assert not (tmp_path / "x").exists()
    assert imagehub(web, *arguments, right).exit_code == 0


def test_a_release_that_is_not_there_is_one_sentence(web: Web, tmp_path: Path) -> None:
    shown = imagehub(web, "download", "nothing-1", str(tmp_path))
    assert shown.exit_code == 2
    assert shown.stderr.startswith("Error: There is no such thing")


def test_releases_are_listed_and_shown(web: Web, release: Released) -> None:
    assert release.id in imagehub(web, "release", "list").stdout
    shown = imagehub(web, "release", "wait", release.id, "--json")
    assert json.loads(shown.stdout)["files"] == 12
    assert "ready" in imagehub(web, "release", "show", release.id).stdout


def test_documents_are_listed_with_their_digests_and_served_in_parts(
    web: Web, release: Released
) -> None:
    base = f"/api/v1/releases/{release.id}/documents"
    listed = {document["name"]: document for document in web.get(base).json()["documents"]}
    assert listed["MANIFEST.jsonl"]["bytes"] == len(release.manifest_bytes)
    part = web.get(f"{base}/MANIFEST.jsonl", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, release.manifest_bytes[5:10])
    assert web.get(f"{base}/nothing.csv").status_code == 404
    assert web.get("/api/v1/releases/nothing-1/documents").status_code == 404
