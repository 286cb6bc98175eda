"""The fault campaign ends with an error where a part of the hub does not come back."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

from deploy.local.parts import Part
from imagehub.errors import Unavailable
from tests.benchmarks.faults.waits import Absences, watch_while

pytestmark = pytest.mark.timeout(30)


def look_until_raised(absences: Absences) -> None:
    while True:
        absences.look()
        time.sleep(0.01)


def test_a_part_that_is_never_ready_again_ends_the_campaign() -> None:
    answers = iter([True])
    part = Part("postgres", (), is_ready=lambda: next(answers, False))
    absences = Absences([part], lambda: {"postgres": os.getpid()}, most_seconds=0.2)
    with pytest.raises(Unavailable, match="postgres has not come back"):
        look_until_raised(absences)


def test_a_part_whose_process_is_dead_ends_the_campaign() -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    absences = Absences([Part("jobs", ())], lambda: {"jobs": dead.pid}, most_seconds=0.2)
    with pytest.raises(Unavailable, match="jobs has not come back"):
        look_until_raised(absences)


def test_a_part_that_comes_back_in_time_is_no_error() -> None:
    answers = iter([True, False, True, False])
    looked = threading.Event()

    def is_ready() -> bool:
        answer = next(answers, None)
        if answer is None:
            looked.set()
        return answer is not False

    absences = Absences(
        [Part("web", (), is_ready=is_ready)], lambda: {"web": os.getpid()}, most_seconds=5.0
    )
    while not looked.is_set():
        absences.look()
        time.sleep(0.01)


def test_an_error_while_watching_is_raised_although_the_phones_still_try() -> None:
    trying = threading.Event()

    def watch() -> None:
        raise Unavailable("Postgres is dead.")

    try:
        with pytest.raises(Unavailable, match="Postgres is dead"):
            watch_while(trying.wait, watch)
    finally:
        trying.set()


def test_what_the_work_raises_is_raised() -> None:
    def work() -> None:
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        watch_while(work, lambda: None)
