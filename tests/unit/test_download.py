"""Downloading a release: whole, checked, and resumed."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from imagehub import manifest
from imagehub.cli import main
from imagehub.client.download import Progress, fingerprint
from imagehub.errors import NotFound, Unavailable
from tests.scripted_release import KEY, PHOTOS, TEXTS, Hub, contents, name_in, take
from tests.scripted_server import Reply, Request, ScriptedServer, as_json, scripted_server


def fetched(server: ScriptedServer) -> list[str]:
    asked = [name_in(request.path) for request in server.seen]
    return sorted(name for name in asked if name in {**PHOTOS, **TEXTS})


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
