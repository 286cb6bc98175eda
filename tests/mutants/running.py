"""Planting defects one after the other, and telling which of them the tests find."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue

from tests.mutants.scratch import Scratch
from tests.mutants.table import Mutant, Stale

FAILED = 1
"""Pytest's status where tests ran and some failed; others mean that they could not be run."""

KILLED = "killed"


class NotGreen(Exception):
    """Tests that fail without any defect can find none."""


def survivors(copies: Sequence[Scratch], mutants: Sequence[Mutant]) -> list[Mutant]:
    """Plant each mutant in one of the copies and print how it fared.

    Returns those that no test finds, or that have no place. Raises NotGreen if a test fails before
    anything is planted.
    """
    require_green(copies[0], sorted({mutant.test for mutant in mutants}))
    free: SimpleQueue[Scratch] = SimpleQueue()
    for copy in copies:
        free.put(copy)
    with ThreadPoolExecutor(len(copies)) as pool:
        fates = list(pool.map(lambda mutant: _fate_in_one(free, mutant), mutants))
    return [mutant for mutant, fate in zip(mutants, fates, strict=True) if fate != KILLED]


def require_green(copy: Scratch, tests: Sequence[str]) -> None:
    """Raise NotGreen unless the tests pass as long as nothing is planted."""
    run = copy.pytest(tests)
    if run.returncode != 0:
        raise NotGreen(f"Without a defect the tests are not green:\n{run.stdout}{run.stderr}")


def _fate_in_one(free: SimpleQueue[Scratch], mutant: Mutant) -> str:
    with _borrowed(free) as copy:
        began = time.monotonic()
        fate = _fate(copy, mutant)
        print(f"{time.monotonic() - began:5.1f} s  {fate}: {mutant.name}", flush=True)
    return fate


@contextmanager
def _borrowed(free: SimpleQueue[Scratch]) -> Iterator[Scratch]:
    copy = free.get()
    try:
        yield copy
    finally:
        free.put(copy)


def _fate(copy: Scratch, mutant: Mutant) -> str:
    try:
        with copy.broken(mutant):
            run = copy.pytest([mutant.test])
    except Stale as error:
        return f"NO PLACE ({error})"
    if run.returncode == FAILED and "\nFAILED " in run.stdout:
        return KILLED
    return f"SURVIVED {mutant.test} (status {run.returncode})"
