"""A hub of each profile on servers of its own, all of them parts that a campaign may kill."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
import pytest

from deploy.local.parts import PROGRAMS, Part, programs, services
from deploy.local.postgres import Postgres
from deploy.local.preflight import free_port
from deploy.local.supervisor import PartsEnvironment, Supervisor
from deploy.prepare import prepare
from imagehub.hub import open_catalogue
from imagehub.settings import Settings
from tests.benchmarks.faults.waits import Absences
from tests.servers.kafka import Kafka
from tests.servers.versitygw import VersityGateway

PROFILES = ("embedded", "cluster")
BUCKET = "photos"
BEHIND = ("nice", "-n", "10")
"""The jobs judge photos that nobody waits for here: uploads come first."""


@dataclass(frozen=True)
class Hub:
    """A hub that runs, and what keeps its parts running. Use it from the main thread."""

    settings: Settings
    servers: Supervisor
    programs: Supervisor
    absences: Absences

    def watch(self) -> None:
        """Start again what has died; raise Unavailable where a part does not come back."""
        self.servers.watch()
        self.programs.watch()
        self.absences.look()

    def processes(self) -> dict[str, int]:
        """The process id of each part."""
        return _processes(self.servers, self.programs)


@contextmanager
def running_hub(profile: str) -> Iterator[Hub]:
    """Start all parts of a hub with an empty catalogue that knows the labels."""
    with (
        TemporaryDirectory(prefix="faults-") as folder,
        TemporaryDirectory(prefix="imagehub-postgres-") as postgres_folder,
        pytest.MonkeyPatch.context() as environment,
    ):
        data = Path(folder)
        data.chmod(0o755)  # Postgres is another user where we are root
        postgres = Postgres(Path(postgres_folder), free_port())
        settings = _settings(data)
        parts = services(settings, postgres)  # makes the files that the URL is read from
        settings = replace(settings, catalogue_url=postgres.url)
        if profile == "cluster":
            kafka, s3 = Kafka(data / "kafka", free_port()), VersityGateway(data / "s3", free_port())
            s3.prepare()
            for name, value in (s3.credentials | s3.environment).items():
                environment.setenv(name, value)
            parts += [_kafka_part(kafka), _s3_part(s3)]
            settings = replace(
                settings,
                log_url=kafka.url,
                storage_url=f"s3://{BUCKET}",
                s3_endpoint_url=s3.url,
            )
        yield from _running(settings, parts)


def _running(settings: Settings, parts: list[Part]) -> Iterator[Hub]:
    around = PartsEnvironment(settings.data, settings.for_child())
    servers, hub_programs = (
        Supervisor(around, _nobody, max_quick_deaths=sys.maxsize) for _ in range(2)
    )
    try:
        servers.start(parts)
        _make_ready(settings)
        own = hub_parts(settings)
        hub_programs.start(own)
        absences = Absences([*parts, *own], lambda: _processes(servers, hub_programs))
        yield Hub(settings, servers, hub_programs, absences)
    finally:
        hub_programs.stop()
        servers.stop()


def _processes(servers: Supervisor, programs: Supervisor) -> dict[str, int]:
    return servers.processes() | programs.processes()


def _nobody(_line: str) -> None:
    return


def hub_parts(settings: Settings) -> list[Part]:
    """Web, ingestion and jobs; the jobs behind the others."""
    return [
        replace(part, command=(*BEHIND, *part.command)) if part.name == "jobs" else part
        for part in programs(settings)
        if part.name in PROGRAMS
    ]


def _settings(data: Path) -> Settings:
    port = free_port()
    return Settings(
        data=data,
        models=data / "models",
        signing_key=data / "signing-key.pem",
        spark_master="local[2]",
        spark_memory="1g",
        web_port=port,
        server=f"http://127.0.0.1:{port}",
        limit_factor=1000,
    )


def _make_ready(settings: Settings) -> None:
    database = open_catalogue(settings)
    prepare(database, settings.web_catalogue_url)
    database.close()
    if settings.s3_endpoint_url:
        client = boto3.session.Session().client(
            "s3", endpoint_url=settings.s3_endpoint_url, region_name="us-east-1"
        )
        client.create_bucket(Bucket=BUCKET)


def _kafka_part(kafka: Kafka) -> Part:
    return Part(
        name="kafka",
        command=tuple(kafka.command),
        is_ready=lambda: _listens(kafka.port),
        before_start=kafka.prepare,
        cwd=kafka.folder,
        is_service=True,
    )


def _s3_part(s3: VersityGateway) -> Part:
    return Part(
        name="s3",
        command=tuple(s3.command),
        is_ready=lambda: _listens(s3.port),
        before_start=s3.prepare,
        cwd=s3.folder,
        is_service=True,
    )


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
