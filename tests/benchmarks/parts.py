"""What benchmarks start and what they all do with their figures."""

from __future__ import annotations

import os
import signal
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2

from deploy.figures import add_figures, write_figures
from deploy.local.postgres import Postgres
from deploy.local.preflight import free_port
from imagehub.catalogue.database import Database
from imagehub.catalogue.migrate import migrate
from imagehub.settings import Settings
from spark_jobs.session import spark_session

LOGS = Path("build/logs")
"""Relative to where the program runs, as the figures are."""


def report(name: str, figures: Mapping[str, float | None], beside: bool = False) -> Path:
    """Write `build/figures/<name>.json`, print every figure and the file, and return its path.

    `beside` keeps what other benchmarks wrote into the same file.
    """
    file = (add_figures if beside else write_figures)(name, **figures)
    for figure, number in figures.items():
        print(f"{figure:48} {number}")
    print(file)
    return file


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a Postgres; yield the URL of its migrated, empty catalogue."""
    with TemporaryDirectory(prefix="bench-postgres-") as folder:
        server = Postgres(Path(folder), free_port())
        process = server.start()
        try:
            with closing(Database(server.url)) as database:
                migrate(database)
            yield server.url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


@contextmanager
def copied_catalogue(url: str) -> Iterator[str]:
    """A catalogue of its own that begins as a copy of this one, to which nobody may be connected.

    It is dropped at the end.
    """
    server, original = url.rsplit("/", 1)
    name = f"bench_{uuid.uuid4().hex}"
    with closing(psycopg2.connect(f"{server}/postgres")) as connection:
        connection.autocommit = True
        statements = connection.cursor()
        statements.execute(f"create database {name} template {original}")
        try:
            yield f"{server}/{name}"
        finally:
            statements.execute(f"drop database {name} with (force)")


@contextmanager
def running_spark(settings: Settings, name: str) -> Iterator[Any]:
    """Start Spark; what it and its workers log goes to `build/logs/<name>.log`."""
    with errors_into(LOGS / f"{name}.log"):
        spark = spark_session(settings, name)
    try:
        yield spark
    finally:
        spark.stop()


@contextmanager
def errors_into(file: Path) -> Iterator[None]:
    """Let processes that are started meanwhile write their standard error to the file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    sys.stderr.flush()
    kept = os.dup(2)
    with file.open("ab") as stream:
        os.dup2(stream.fileno(), 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
