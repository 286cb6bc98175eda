"""The prose is held to the code: settings, jobs, folders and targets that it names."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import fields
from pathlib import Path

import click
import pytest

from imagehub.cli import main
from imagehub.settings import Settings, variable
from spark_jobs.jobs import NAMES

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "docs/decisions").glob("0*.md"))
DOCUMENTS = [
    *(ROOT / name for name in ("ARCHITECTURE.md", "CONTRIBUTING.md", "README.md")),
    *sorted((ROOT / "docs/decisions").glob("*.md")),
]
PARENTS = (".", "imagehub/catalogue", "tests")
PATH = re.compile(
    r"`((?:deploy|docs|imagehub|ingestion|spark_jobs|tests|training|webapp)/[\w/.<>-]*"
    r"|docker-compose\.yml|setup\.py)`"
)
LIMIT = re.compile(r"\b(?:16 \* 1024 \* 1024|16777216|16 Mi?B)\b")
TEN_CHANGES = (
    "a release format",
    "a quality check",
    "the upload size limit",
    "Kafka with TLS or SASL",
    "search by an uploaded photo",
    "a threshold of verdicts",
    "a role",
    "a command of `imagehub`",
    "a column of images",
    "how the phone retries",
)


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
        assert any((ROOT / parent / folder).is_dir() for parent in PARENTS), folder


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    for name in PATH.findall(document.read_text(encoding="utf-8")):
        pattern = re.sub(r"<[a-z]+>", "*", name)
        assert any(ROOT.glob(pattern.rstrip("/"))), f"{name} of {document.name}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_module_that_a_document_runs_is_there(document: Path) -> None:
    for module in re.findall(r"python -m ([a-z_.]+)", document.read_text(encoding="utf-8")):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def test_the_readme_has_a_line_for_every_command() -> None:
    for command in main.list_commands(click.Context(main)):
        assert f"\n| `imagehub {command}` | " in README


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_of_a_document_leads_to_a_file(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{target} of {document.name}"


def test_every_decision_is_in_the_index_under_its_own_title() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    for decision in DECISIONS:
        number, title = decision.read_text(encoding="utf-8").splitlines()[0][2:].split(". ", 1)
        assert f"* [{number}]({decision.name}) {title}\n" in index + "\n"


@pytest.mark.parametrize("change", TEN_CHANGES)
def test_the_table_of_changes_has_a_line_with_files(change: str) -> None:
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = [row for row in contributing.splitlines() if row.startswith(f"| {change}")]
    assert len(rows) == 1
    assert PATH.search(rows[0])


def test_the_upload_limit_is_written_once() -> None:
    """The table of changes says so: one constant, and no other copy of the number."""
    copies = [
        file.relative_to(ROOT).as_posix()
        for folder in ("imagehub", "ingestion", "webapp")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in (".py", ".js", ".html") and LIMIT.search(file.read_text(encoding="utf-8"))
    ]
    assert copies == ["imagehub/vocabulary.py"]


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
