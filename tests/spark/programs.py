"""The jobs as programs of their own, as the hub runs them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from imagehub.catalogue.database import Database
from imagehub.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def jobs_program(settings: Settings, job: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start `python -m spark_jobs JOB`; kill it at the end if it still runs."""
    log = settings.data / f"{job}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "spark_jobs", job],
            cwd=ROOT,
            env={**os.environ, **settings.to_environment()},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def wait_for(question: Callable[[], bool], timeout_seconds: float = 180) -> None:
    """Return once the answer is yes; fail if it is not in time."""
    deadline = time.monotonic() + timeout_seconds
    while not question():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def answer(database: Database, query: str) -> object:
    """The one value that a query gives."""
    with database.transaction() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
        return row[0] if row else None
