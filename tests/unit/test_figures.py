"""Figures for programs: what one program writes leaves what another wrote."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.figures import add_figures, write_figures
from tests.spark.programs import ROOT

TESTS = "def test_one(): pass\ndef test_another(): pass\n"


def test_added_figures_stand_beside_those_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_figures("suite", seconds=3.0, tests=1)
    file = add_figures("suite", tests=2, mutants=30)
    assert json.loads(file.read_text()) == {"seconds": 3.0, "tests": 2, "mutants": 30}


@pytest.mark.parametrize(
    ("arguments", "tests"),
    [((), 2), (("--numprocesses", "1"), 2), (("few",), None), (("-k", "one"), None)],
)
def test_a_run_of_all_tests_is_written_down_and_one_of_some_is_not(
    tmp_path: Path, arguments: tuple[str, ...], tests: int | None
) -> None:
    (tmp_path / "few").mkdir()
    (tmp_path / "few" / "test_few.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = few\n")
    subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.suite_figures", *arguments],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
        capture_output=True,
        check=True,
    )
    file = tmp_path / "build" / "figures" / "suite.json"
    assert file.exists() == (tests is not None)
    if tests:
        found = json.loads(file.read_text())
        assert found["tests"] == tests
        assert found["seconds"] > 0
