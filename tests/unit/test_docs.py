"""The prose is held to the code: settings, jobs, folders and targets that it names."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from imagehub.settings import Settings, variable
from spark_jobs.jobs import NAMES

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda setting: setting.name)
def test_the_readme_tells_every_setting_with_its_default(setting: object) -> None:
    default = setting.metadata["default"]  # type: ignore[attr-defined] # a dataclass field
    name = variable(setting.name)  # type: ignore[attr-defined]
    row = f"| `{name}` | {f'`{default}`' if default else ''} |"
    assert row.replace("|  |", "| |") in README


def test_the_readme_names_no_setting_that_is_none() -> None:
    known = {variable(setting.name) for setting in fields(Settings)}
    assert set(re.findall(r"IMAGEHUB_[A-Z0-9_]+", README)) <= known


def test_the_readme_names_every_job() -> None:
    for job in NAMES:
        assert f"`{job}`" in README


def test_every_folder_that_the_architecture_names_is_there() -> None:
    architecture = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for folder in re.findall(r"`((?:[a-z_]+/)+)`", architecture):
        assert (ROOT / folder).is_dir() or (ROOT / "tests" / folder).is_dir(), folder


def test_every_make_target_that_the_readme_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|^)make ([a-z-]+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize(
    ("named", "networks"), [([], "/of/the/setting"), (["MODELS=/of/make"], "/of/make")]
)
def test_make_takes_the_networks_of_the_setting_unless_others_are_named(
    named: list[str], networks: str
) -> None:
    told = subprocess.run(
        ["make", "--dry-run", "up", *named],
        cwd=ROOT,
        env=os.environ | {"IMAGEHUB_MODELS": "/of/the/setting"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert f'IMAGEHUB_MODELS="{networks}" .venv/bin/imagehub up' in told
