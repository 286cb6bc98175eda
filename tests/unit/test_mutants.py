"""The planted defects have their places and tests, and one that no test finds is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.mutants.running import NotGreen, survivors
from tests.mutants.scratch import Scratch
from tests.mutants.table import ROOT, Mutant, planted

SUM = "def add(a, b):\n    return a + b\n\n\ndef unused():\n    return 1\n"
TEST = "from sums import add\n\n\ndef test_sums():\n    assert add(2, 1) == 3\n"
MUTANTS = planted()


@pytest.fixture
def small(tmp_path: Path) -> Scratch:
    """A project of two files."""
    (tmp_path / "sums.py").write_text(SUM)
    (tmp_path / "test_sums.py").write_text(TEST)
    return Scratch(tmp_path, Path(sys.executable))


def mutant(old: str, new: str) -> Mutant:
    return Mutant(f"{old} becomes {new}", "sums.py", old, new, "test_sums.py::test_sums")


@pytest.mark.parametrize("planted", MUTANTS, ids=lambda defect: defect.name)
def test_a_mutant_has_one_place_and_a_test(planted: Mutant) -> None:
    assert planted.place(ROOT).is_file()
    assert planted.new != planted.old
    file, _, test = planted.test.partition("::")
    assert f"def {test.partition('[')[0]}(" in (ROOT / file).read_text(encoding="utf-8")


def test_there_are_more_than_thirty_two() -> None:
    assert len(MUTANTS) > 32


def test_who_is_found_is_no_survivor_and_the_copy_is_whole_again(
    small: Scratch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = mutant("a + b", "a - b")
    assert survivors([small], [found]) == []
    assert f"killed: {found.name}" in capsys.readouterr().out
    assert (small.root / "sums.py").read_text() == SUM


def test_who_is_not_found_or_has_no_place_or_breaks_the_tests_themselves_survives(
    small: Scratch, capsys: pytest.CaptureFixture[str]
) -> None:
    unseen, gone = mutant("return 1", "return 2"), mutant("return 3", "return 4")
    broken = mutant("def add", "def ad")
    assert survivors([small], [unseen, gone, broken]) == [unseen, gone, broken]
    told = capsys.readouterr().out
    assert told.count("SURVIVED") == 2
    assert told.count("NO PLACE") == 1


def test_nothing_is_planted_where_tests_are_red_anyway(small: Scratch) -> None:
    (small.root / "sums.py").write_text(SUM.replace("+", "*"))
    with pytest.raises(NotGreen, match="test_sums"):
        survivors([small], [mutant("a * b", "a")])
