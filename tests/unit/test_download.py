"""Downloading a release: whole, checked, and resumed."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from imagehub import manifest, withdrawal_list
from imagehub.cli import main
from imagehub.client.download import Progress, fingerprint
from imagehub.errors import NotFound, Refused, Unavailable
from imagehub.withdrawal_list import WithdrawnFile
from tests.scripted_release import (
    DOCUMENTS,
    KEY,
    OTHER_KEY,
    PHOTOS,
    Hub,
    contents,
    name_in,
    photos_in,
    take,
)
from tests.scripted_server import Reply, Request, ScriptedServer, as_json, scripted_server


def fetched(server: ScriptedServer) -> list[str]:
    asked = [name_in(request.path) for request in server.seen]
    return sorted(name for name in asked if name in PHOTOS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pets"


def test_a_download_is_the_release_and_says_who_signed_it(folder: Path) -> None:
    told: list[Progress] = []
    with scripted_server(Hub()) as server:
        done = take(server, folder, progress=told.append)
    assert photos_in(folder) == PHOTOS
    assert contents(folder).keys() == PHOTOS.keys() | DOCUMENTS
    assert (done.files, done.fetched, done.present, done.mismatches) == (12, 12, 0, ())
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
    assert (done.fetched, done.present) == (2, 10)
    assert photos_in(folder) == PHOTOS


def test_a_file_goes_on_where_it_stopped(folder: Path) -> None:
    name, data = next(iter(PHOTOS.items()))
    (folder / name).parent.mkdir(parents=True)
    (folder / f"{name}.part").write_bytes(data[:1000])
    with scripted_server(Hub()) as server:
        take(server, folder)
        ranges = {r.path.rpartition("files/")[2]: r.headers.get("Range") for r in server.seen}
    assert ranges[name] == "bytes=1000-"
    assert photos_in(folder) == PHOTOS


@pytest.mark.parametrize("part", [b"", b"wrong", b"x" * 10_000_000])
def test_what_an_earlier_run_left_behind_may_be_wrong(folder: Path, part: bytes) -> None:
    name = next(iter(PHOTOS))
    (folder / name).parent.mkdir(parents=True)
    (folder / f"{name}.part").write_bytes(part)
    with scripted_server(Hub()) as server:
        done = take(server, folder)
    assert done.mismatches == ()
    assert photos_in(folder) == PHOTOS


def no_ranges(request: Request, reply: Reply) -> Reply:
    name = name_in(request.path)
    return Reply(200, PHOTOS[name])


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
    assert photos_in(folder) == PHOTOS


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
    assert photos_in(folder) == PHOTOS


def test_patience_with_a_connection_that_always_breaks_off_ends(folder: Path) -> None:
    def cut(request: Request, reply: Reply) -> Reply:
        return dataclasses.replace(reply, cut=0)

    with scripted_server(Hub(spoil=cut)) as server, pytest.raises(Unavailable, match="again"):
        take(server, folder)


def test_a_photo_with_other_bytes_is_named_and_not_kept(folder: Path) -> None:
    name = next(iter(PHOTOS))
    tampered = {**PHOTOS, name: PHOTOS[name][:-1] + b"!"}
    with scripted_server(Hub(files=tampered)) as server:
        done = take(server, folder)
        shown = CliRunner().invoke(
            main, ["download", "pets-1", str(folder), "--server", server.url, "--json"]
        )
    assert done.mismatches == (name,)
    assert photos_in(folder) == {p: d for p, d in PHOTOS.items() if p != name}
    assert shown.exit_code == 1
    assert json.loads(shown.stdout)["mismatches"] == [name]


def test_too_many_bytes_are_not_written(folder: Path) -> None:
    name = next(iter(PHOTOS))
    longer = {**PHOTOS, name: PHOTOS[name] + b"tail"}
    with scripted_server(Hub(files=longer)) as server:
        take(server, folder)
    assert (folder / name).read_bytes() == PHOTOS[name]


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


def withdrawal_of(path: str, key: Ed25519PrivateKey, release: str = "pets-1") -> dict[str, str]:
    """The server's answer that one file of the release was withdrawn."""
    at = datetime(2026, 6, 1, tzinfo=UTC)
    gone = WithdrawnFile(release, Path(path).stem, path, "0" * 64, "withdrawn", at)
    data = withdrawal_list.write([gone])
    return {"csv": data.decode(), "signature": manifest.sign(data, key).hex()}


def test_what_was_withdrawn_is_not_fetched_and_an_earlier_copy_is_deleted(folder: Path) -> None:
    first, *others = PHOTOS
    hub = Hub()
    with scripted_server(hub) as server:
        take(server, folder)
        hub.withdrawals = withdrawal_of(first, KEY)
        server.seen.clear()
        done = take(server, folder)
        assert fetched(server) == []
    # The tables and credits are made anew, without it; the list and its signature are new.
    assert (done.withdrawn, done.held_back, done.mismatches) == (1, 0, ())
    assert (done.fetched, done.present) == (6, 7)
    about = {"WITHDRAWN.csv", "WITHDRAWN-SIGNATURE.json"}
    assert contents(folder).keys() == {*others, *DOCUMENTS, *about}
    assert Path(first).stem not in (folder / "images.csv").read_text()


def test_a_list_of_withdrawals_that_the_releases_key_did_not_sign_deletes_nothing(
    folder: Path,
) -> None:
    first, *_ = PHOTOS
    hub = Hub()
    with scripted_server(hub) as server:
        take(server, folder)
        for told in (withdrawal_of(first, OTHER_KEY), withdrawal_of(first, KEY, "other-1")):
            hub.withdrawals = told
            with pytest.raises(Refused):
                take(server, folder)
    assert photos_in(folder) == PHOTOS


def test_what_is_held_back_or_goes_during_the_download_is_said_and_the_rest_comes(
    folder: Path,
) -> None:
    first, second, third = PHOTOS
    gone = Reply(404, b"{}", {"Content-Type": "application/problem+json"})
    hub = Hub(
        withdrawals={"held_back": [first]},
        spoil=lambda request, reply: gone if name_in(request.path) == second else reply,
    )
    with scripted_server(hub) as server:
        done = take(server, folder)
    assert (done.withdrawn, done.held_back, done.mismatches) == (0, 2, ())
    assert list(photos_in(folder)) == [third]
