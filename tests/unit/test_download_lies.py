"""A server that lies makes a download end before anything is written."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from imagehub import manifest
from imagehub.client.download import fingerprint
from imagehub.errors import Refused
from tests.scripted_release import API, KEY, OTHER_KEY, PHOTOS, Hub, contents, take, written
from tests.scripted_server import Reply, Request, as_json, scripted_server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pets"


LIES: list[tuple[str, Hub, str]] = [
    ("signed by nobody", Hub(data=written()[:-1] + b" \n", key=OTHER_KEY), "key_unknown"),
    ("of another release", Hub(data=written("pets-2")), "manifest_broken"),
    ("path up", Hub(data=written(**{"train/dog": "../dog"})), "manifest_broken"),
    ("absolute path", Hub(data=written(**{"train/dog": "/etc/dog"})), "manifest_broken"),
]


@pytest.mark.parametrize(("hub", "code"), [lie[1:] for lie in LIES], ids=[lie[0] for lie in LIES])
def test_a_lying_server_is_refused_before_anything_is_written(
    folder: Path, hub: Hub, code: str
) -> None:
    with scripted_server(hub) as server, pytest.raises(Refused) as refusal:
        take(server, folder, public_key=manifest.public_bytes(KEY).hex())
    assert refusal.value.code == code
    assert not folder.exists()
    assert contents(folder.parent) == {}


@pytest.mark.parametrize(
    "name",
    ["labels.csv", "README.md", "sitecustomize.py", "train.sh", "torch.py", "../evil.txt", "x.pth"],
)
def test_no_byte_beside_the_photos_is_the_servers(folder: Path, name: str) -> None:
    with scripted_server(Hub()) as server:
        take(server, folder)
    honest = contents(folder.parent)
    shutil.rmtree(folder)
    evil = {name: b"ImageID,Source,LabelName,Confidence\n0,evil,/m/EVIL0,1\n"}
    with scripted_server(Hub(texts=evil, files={**PHOTOS, **evil})) as server:
        take(server, folder, public_key=manifest.public_bytes(KEY).hex())
    assert contents(folder.parent) == honest


def test_the_tables_say_what_was_signed(folder: Path) -> None:
    with scripted_server(Hub()) as server:
        take(server, folder)
    rows = list(csv.DictReader((folder / "images.csv").open()))
    assert sorted(row["ImageID"] for row in rows) == sorted(Path(path).stem for path in PHOTOS)
    assert {row["Author"] for row in rows} == {"ana"}
    assert "ana: 3 photos" in (folder / "CREDITS.md").read_text()
    signature = json.loads((folder / "SIGNATURE.json").read_text())
    data = (folder / "MANIFEST.jsonl").read_bytes()
    manifest.verify(data, bytes.fromhex(signature["signature"]), manifest.public_bytes(KEY))


def test_a_manifest_that_was_changed_after_signing_is_refused(folder: Path) -> None:
    hub = Hub()
    release = hub.release()
    changed = hub.data.replace(b"ana", b"eve")

    def script(request: Request) -> Reply:
        if request.path == API:
            return as_json(release)
        return Reply(200, changed) if request.path == f"{API}/manifest" else hub(request)

    with scripted_server(script) as server, pytest.raises(Refused, match="signature"):
        take(server, folder)
    assert not folder.exists()


@pytest.mark.parametrize(
    "key",
    [manifest.public_bytes(KEY).hex().upper(), fingerprint(manifest.public_bytes(KEY))],
    ids=["key", "fingerprint"],  # the key is drawn anew: workers must agree on the tests' names
)
def test_a_key_is_pinned_by_itself_or_its_fingerprint(folder: Path, key: str) -> None:
    with scripted_server(Hub()) as server:
        assert take(server, folder, public_key=key).key_is_pinned


def test_a_link_in_the_folder_is_not_written_through(folder: Path) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    folder.mkdir()
    (folder / "train").symlink_to(outside)
    with scripted_server(Hub()) as server, pytest.raises(Refused, match="link"):
        take(server, folder)
    assert contents(outside) == {}
