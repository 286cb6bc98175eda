"""Without a fit Java the hub says what to install."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagehub.errors import Misconfigured
from imagehub.java import java


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that programs are looked for in."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return tmp_path


def _install_java(folder: Path, says: str) -> None:
    program = folder / "java"
    program.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    program.chmod(0o755)


def test_no_java_is_said_with_the_command_that_installs_one(bin_folder: Path) -> None:
    with pytest.raises(Misconfigured, match=r"No Java was found.*apt-get install openjdk-17"):
        java()


@pytest.mark.parametrize("version", ["1.8.0_392", "11.0.21"])
def test_an_old_java_is_named(bin_folder: Path, version: str) -> None:
    _install_java(bin_folder, f'openjdk version "{version}" 2023-10-17')
    with pytest.raises(Misconfigured, match=f"Java {version.split('.')[0]} and too old"):
        java()


def test_what_says_no_version_is_no_java(bin_folder: Path) -> None:
    _install_java(bin_folder, "")
    with pytest.raises(Misconfigured, match="does not say which Java"):
        java()


@pytest.mark.parametrize("says", ['openjdk version "17.0.15" 2025-04-15', 'java version "21" x'])
def test_a_new_java_is_good(bin_folder: Path, says: str) -> None:
    _install_java(bin_folder, says)
    java()


def test_java_home_comes_first(
    bin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install_java(bin_folder, 'openjdk version "11.0.21" 2023-10-17')
    (tmp_path / "jdk" / "bin").mkdir(parents=True)
    _install_java(tmp_path / "jdk" / "bin", 'openjdk version "21.0.1" 2023-10-17')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    java()
