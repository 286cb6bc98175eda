"""Planting defects one after the other, and telling which of them the tests find."""

from __future__ import annotations

import time
from collections.abc import Sequence

from tests.mutants.scratch import Scratch
from tests.mutants.table import Mutant, Stale

FAILED = 1
"""Pytest's status where tests ran and some failed; others mean that they could not be run."""


class NotGreen(Exception):
    """Tests that fail without any defect can find none."""


def survivors(tree: Scratch, mutants: Sequence[Mutant]) -> list[Mutant]:
    """Plant each mutant and print how it fared; those that no test finds, or that have no place.

    Raises NotGreen if a test fails before anything is planted.
    """
    _require_green(tree, sorted({mutant.test for mutant in mutants}))
    found = []
    for number, mutant in enumerate(mutants, start=1):
        began = time.monotonic()
        fate = _fate(tree, mutant)
        if fate != "killed":
            found.append(mutant)
        seconds = time.monotonic() - began
        print(f"{number:3}/{len(mutants)} {seconds:5.1f} s  {fate}: {mutant.name}", flush=True)
    return found


def _fate(tree: Scratch, mutant: Mutant) -> str:
    try:
        with tree.broken(mutant):
            run = tree.pytest([mutant.test])
    except Stale as error:
        return f"NO PLACE ({error})"
    if run.returncode == FAILED and "\nFAILED " in run.stdout:
        return "killed"
    return f"SURVIVED {mutant.test} (pytest's status {run.returncode})"


def _require_green(tree: Scratch, tests: Sequence[str]) -> None:
    run = tree.pytest(tests)
    if run.returncode != 0:
        raise NotGreen(f"Without a defect the tests are not green:\n{run.stdout}{run.stderr}")
