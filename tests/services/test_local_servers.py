"""The fetched servers: kept once for a machine, and plain words where they cannot run."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import pytest

from imagehub.errors import Misconfigured
from tests.servers.cache import cached
from tests.servers.kafka import Kafka


def test_two_processes_that_want_the_same_thing_make_it_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        places = pool.map(_make, [tmp_path] * 6)
    assert set(places) == {tmp_path / "thing"}
    assert len((tmp_path / "thing" / "made").read_text().splitlines()) == 1


def test_what_could_not_be_finished_is_made_again(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise Misconfigured("no network")

    with pytest.raises(Misconfigured):
        cached("thing", fail, tmp_path)
    place = cached("thing", lambda folder: (folder / "whole").touch(), tmp_path)
    assert [file.name for file in place.iterdir()] == ["whole"]


def test_a_machine_without_java_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Misconfigured, match="Install Java 17"):
        Kafka(tmp_path / "kafka", 1).prepare()


def _make(cache: Path) -> Path:
    def make(folder: Path) -> None:
        time.sleep(0.2)
        with (folder / "made").open("a") as file:
            file.write("made\n")

    return cached("thing", make, cache)
