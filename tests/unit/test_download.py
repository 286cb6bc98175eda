"""Downloading a release: whole, checked, resumed, and safe from a server that lies."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from imagehub import manifest
from imagehub.cli import main
from imagehub.client import HubClient, Patience
from imagehub.client.download import Download, Progress, Wish, download, fingerprint
from imagehub.errors import NotFound, Refused, Unavailable
from imagehub.manifest import Manifest, ManifestFile
from tests.scripted_server import Reply, Request, ScriptedServer, as_json, scripted_server

API = "/api/v1/releases/pets-1"
KEY = Ed25519PrivateKey.generate()
OTHER_KEY = Ed25519PrivateKey.generate()
PHOTOS = {
    f"{split}/dog-0bt9lr/{number:016x}.jpg": f"photo {number} ".encode() * 9_000
    for number, split in enumerate(["train", "train", "test"])
}
TEXTS = {"CREDITS.md": b"who\n", "images.csv": b"ImageID\n"}


def entry(path: str, data: bytes) -> ManifestFile:
    return ManifestFile(
        path=path,
        image_id=Path(path).stem,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        crc32=0,
        width=1,
        height=1,
        split="train",
        label="/m/0bt9lr",
        labels=(),
        contributor="ana",
        licence="CC BY 4.0",
        shard=0,
        start=0,
        duplicate_group=Path(path).stem,
    )


def written(release: str = "pets-1", **renamed: str) -> bytes:
    files = tuple(entry(path, data) for path, data in PHOTOS.items())
    data = manifest.write(Manifest(release, datetime(2026, 5, 1, tzinfo=UTC), 1, {}, (), files))
    for old, new in renamed.items():
        data = data.replace(old.encode(), new.encode())
    return data


@dataclass
class Hub:
    """A scripted hub with one release; `serve` may be replaced to misbehave."""

    data: bytes = field(default_factory=written)
    key: Ed25519PrivateKey = KEY
    state: str = "ready"
    texts: dict[str, bytes] = field(default_factory=lambda: dict(TEXTS))
    files: dict[str, bytes] = field(default_factory=lambda: {**PHOTOS, **TEXTS})
    spoil: Callable[[Request, Reply], Reply] = lambda _, reply: reply

    def __call__(self, request: Request) -> Reply:
        path = request.path
        if path == API:
            return as_json(self.release())
        if path == f"{API}/manifest":
            return Reply(200, self.data)
        if path == f"{API}/documents":
            listed = [self.listed(name, data) for name, data in self.texts.items()]
            return as_json({"documents": listed})
        name = name_in(path)
        return self.spoil(request, ranged(request, self.files[name]))

    def release(self) -> dict[str, Any]:
        return {
            "id": "pets-1",
            "subset": "pets",
            "number": 1,
            "state": self.state,
            "signature": manifest.sign(self.data, self.key).hex(),
            "public_key": manifest.public_bytes(self.key).hex(),
        }

    @staticmethod
    def listed(name: str, data: bytes) -> dict[str, Any]:
        return {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def name_in(path: str) -> str:
    return path.removeprefix(f"{API}/files/").removeprefix(f"{API}/documents/")


def ranged(request: Request, data: bytes) -> Reply:
    begin = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
    if not begin:
        return Reply(200, data)
    start = int(begin[1])
    where = f"bytes {start}-{len(data) - 1}/{len(data)}"
    return Reply(206, data[start:], {"Content-Range": where})


def fetched(server: ScriptedServer) -> list[str]:
    asked = [name_in(request.path) for request in server.seen]
    return sorted(name for name in asked if name in {**PHOTOS, **TEXTS})


def take(server: ScriptedServer, folder: Path, **wish: Any) -> Download:
    quick = Patience(attempts=3, sleep=lambda _: None)
    return download(HubClient(server.url, "", quick), "pets-1", folder, Wish(**wish))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pets"


def test_a_download_is_the_release_and_says_who_signed_it(folder: Path) -> None:
    told: list[Progress] = []
    with scripted_server(Hub()) as server:
        done = take(server, folder, progress=told.append)
    assert contents(folder) == {**PHOTOS, **TEXTS}
    assert (done.files, done.fetched, done.present, done.mismatches) == (5, 5, 0, ())
    assert done.key_fingerprint == fingerprint(manifest.public_bytes(KEY))
    assert not done.key_is_pinned
    last = told[-1]
    assert (last.files_done, last.bytes_done) == (last.files, last.total_bytes)


def test_a_second_download_fetches_only_what_is_missing_or_wrong(folder: Path) -> None:
    first, second, _ = PHOTOS
    with scripted_server(Hub()) as server:
        take(server, folder)
        (folder / first).unlink()
        (folder / second).write_bytes(b"x" * len(PHOTOS[second]))
        server.seen.clear()
        done = take(server, folder)
        assert fetched(server) == sorted([first, second])
    assert (done.fetched, done.present) == (2, 3)
    assert contents(folder) == {**PHOTOS, **TEXTS}


def test_a_file_goes_on_where_it_stopped(folder: Path) -> None:
    name, data = next(iter(PHOTOS.items()))
    (folder / name).parent.mkdir(parents=True)
    (folder / f"{name}.part").write_bytes(data[:1000])
    with scripted_server(Hub()) as server:
        take(server, folder)
        ranges = {r.path.rpartition("files/")[2]: r.headers.get("Range") for r in server.seen}
    assert ranges[name] == "bytes=1000-"
    assert contents(folder) == {**PHOTOS, **TEXTS}


@pytest.mark.parametrize("part", [b"", b"wrong", b"x" * 10_000_000])
def test_what_an_earlier_run_left_behind_may_be_wrong(folder: Path, part: bytes) -> None:
    name = next(iter(PHOTOS))
    (folder / name).parent.mkdir(parents=True)
    (folder / f"{name}.part").write_bytes(part)
    with scripted_server(Hub()) as server:
        done = take(server, folder)
    assert done.mismatches == ()
    assert contents(folder) == {**PHOTOS, **TEXTS}


def no_ranges(request: Request, reply: Reply) -> Reply:
    name = name_in(request.path)
    return Reply(200, {**PHOTOS, **TEXTS}[name])


def ranges_not_satisfiable(request: Request, reply: Reply) -> Reply:
    if "Range" in request.headers:
        return as_json({"code": "range", "detail": "No."}, 416)
    return reply


@pytest.mark.parametrize("spoil", [no_ranges, ranges_not_satisfiable])
def test_a_server_without_ranges_is_asked_for_all(
    folder: Path, spoil: Callable[[Request, Reply], Reply]
) -> None:
    name, data = next(iter(PHOTOS.items()))
    (folder / name).parent.mkdir(parents=True)
    (folder / f"{name}.part").write_bytes(data[:1000])
    with scripted_server(Hub(spoil=spoil)) as server:
        assert take(server, folder).mismatches == ()
    assert contents(folder) == {**PHOTOS, **TEXTS}


def test_connections_that_break_off_are_taken_up_again(folder: Path) -> None:
    cuts: Iterator[int] = iter([20_000, 33_000])

    def cut(request: Request, reply: Reply) -> Reply:
        if not request.path.endswith("0.jpg"):
            return reply
        return dataclasses.replace(reply, cut=next(cuts, None))

    with scripted_server(Hub(spoil=cut)) as server:
        assert take(server, folder).mismatches == ()
        ranges = [r.headers.get("Range") for r in server.seen if r.path.endswith("0.jpg")]
    assert ranges == [None, "bytes=16384-", "bytes=49152-"]
    assert contents(folder) == {**PHOTOS, **TEXTS}


def test_patience_with_a_connection_that_always_breaks_off_ends(folder: Path) -> None:
    def cut(request: Request, reply: Reply) -> Reply:
        return dataclasses.replace(reply, cut=0)

    with scripted_server(Hub(spoil=cut)) as server, pytest.raises(Unavailable, match="again"):
        take(server, folder)


def test_a_photo_with_other_bytes_is_named_and_not_kept(folder: Path) -> None:
    name = next(iter(PHOTOS))
    tampered = {**PHOTOS, **TEXTS, name: PHOTOS[name][:-1] + b"!"}
    with scripted_server(Hub(files=tampered)) as server:
        done = take(server, folder)
        shown = CliRunner().invoke(
            main, ["download", "pets-1", str(folder), "--server", server.url, "--json"]
        )
    assert done.mismatches == (name,)
    assert contents(folder) == {p: d for p, d in {**PHOTOS, **TEXTS}.items() if p != name}
    assert shown.exit_code == 1
    assert json.loads(shown.stdout)["mismatches"] == [name]


def test_too_many_bytes_are_not_written(folder: Path) -> None:
    name = next(iter(PHOTOS))
    longer = {**PHOTOS, **TEXTS, name: PHOTOS[name] + b"tail"}
    with scripted_server(Hub(files=longer)) as server:
        take(server, folder)
    assert (folder / name).read_bytes() == PHOTOS[name]


LIES: list[tuple[str, Hub, str]] = [
    ("signed by nobody", Hub(data=written()[:-1] + b" \n", key=OTHER_KEY), "key_unknown"),
    ("of another release", Hub(data=written("pets-2")), "manifest_broken"),
    ("path up", Hub(data=written(**{"train/dog": "../dog"})), "manifest_broken"),
    ("absolute path", Hub(data=written(**{"train/dog": "/etc/dog"})), "manifest_broken"),
    ("text above", Hub(texts={"../evil.txt": b"x"}), "unsafe_path"),
    ("absolute text", Hub(texts={"/etc/evil": b"x"}), "unsafe_path"),
    ("hidden text", Hub(texts={".bashrc": b"x"}), "unsafe_path"),
    ("text over a photo", Hub(texts={next(iter(PHOTOS)).upper(): b"x"}), "unsafe_path"),
    ("text for a folder", Hub(texts={"train": b"x"}), "unsafe_path"),
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
    "key", [manifest.public_bytes(KEY).hex().upper(), fingerprint(manifest.public_bytes(KEY))]
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


@pytest.mark.parametrize("state", ["requested", "failed"])
def test_a_release_that_is_not_ready_is_not_downloaded(folder: Path, state: str) -> None:
    with scripted_server(Hub(state=state)) as server, pytest.raises(NotFound, match=state):
        take(server, folder)


def test_the_command_prints_who_signed(folder: Path) -> None:
    with scripted_server(Hub()) as server:
        shown = CliRunner().invoke(
            main, ["download", "pets-1", str(folder), "--server", server.url]
        )
    assert shown.exit_code == 0, shown.output
    assert fingerprint(manifest.public_bytes(KEY)) in shown.stdout
    assert re.search(r"mismatches +0", shown.stdout)
