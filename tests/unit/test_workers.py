"""How the suite is shared among its workers."""

from __future__ import annotations

from tests.spark.programs import ROOT
from tests.workers import PROGRAMS


def test_the_files_that_run_one_after_another_are_there() -> None:
    assert [file for file in sorted(PROGRAMS) if not (ROOT / file).is_file()] == []
