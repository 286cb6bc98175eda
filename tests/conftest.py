"""What all tests share: a real Postgres for the session and a fresh, migrated database each."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import psycopg2
import pytest

from deploy.local import preflight
from imagehub.catalogue.database import Database
from imagehub.catalogue.labels.labels import import_boxable
from imagehub.catalogue.migrate import migrate
from imagehub.errors import Misconfigured
from imagehub.settings import Settings
from tests.servers import kafka
from tests.servers import versitygw as versity
from tests.servers.kafka import Kafka
from tests.servers.postgres import QuickPostgres, folder_in_memory
from tests.servers.versitygw import VersityGateway
from tests.web_server import Web, running_web

pytest_plugins = ["tests.suite_figures", "tests.workers"]

SHARED = Path(__file__).resolve().parents[2] / "shared"
SERVICES = Path(__file__).parent / "services"
JOURNEYS = Path(__file__).parent / "journeys"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Fetch the servers before any test's clock runs, where tests were chosen that may use them."""
    rooms = {SERVICES, JOURNEYS}
    if not session.config.option.collectonly and any(
        rooms & set(item.path.parents) for item in session.items
    ):
        with suppress(Misconfigured):  # the tests that need them will say it
            kafka.programs()
            versity.program()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of development data; a test that needs it is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the development data are not on this machine")
    return SHARED


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Hand out a port of the loopback address that nobody listens on."""
    return preflight.free_port


@pytest.fixture(scope="session")
def postgres_server(free_port: Callable[[], int]) -> Iterator[QuickPostgres]:
    """A real Postgres, started once; its database `imagehub` is the template.

    The template is migrated and has the 602 carried labels. The server runs as another user, so
    it is not below pytest's folder, which every new session closes to others.
    """
    with folder_in_memory("imagehub-postgres-") as folder:
        server = QuickPostgres(folder, free_port())
        process = server.start()
        template = Database(server.url)
        migrate(template)
        import_boxable(template)
        template.close()
        yield server
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


@pytest.fixture
def catalogue_url(postgres_server: QuickPostgres) -> Iterator[str]:
    """The URL of a fresh, migrated database of the test's own."""
    base = postgres_server.url.rsplit("/", 1)[0]
    name = f"test_{uuid.uuid4().hex}"
    _administer(base, f"create database {name} template imagehub strategy file_copy")
    yield f"{base}/{name}"
    _administer(base, f"drop database {name} with (force)")


@pytest.fixture
def database(catalogue_url: str) -> Iterator[Database]:
    """A fresh, migrated catalogue."""
    database = Database(catalogue_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def kafka_server(
    tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]
) -> Iterator[Kafka]:
    """A real Kafka broker, started once; its `url` is what IMAGEHUB_LOG_URL takes."""
    server = Kafka(tmp_path_factory.mktemp("kafka"), free_port())
    process = server.start()
    yield server
    process.terminate()
    process.wait(timeout=60)


@pytest.fixture
def topic() -> str:
    """A topic's name that no other test uses."""
    return f"test-{uuid.uuid4().hex}"


@pytest.fixture(scope="session")
def versitygw(
    tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]
) -> Iterator[VersityGateway]:
    """A real S3 server, started once; its credentials are in the environment meanwhile."""
    server = VersityGateway(tmp_path_factory.mktemp("s3"), free_port())
    process = server.start()
    with pytest.MonkeyPatch.context() as environment:
        for name, value in server.credentials.items():
            environment.setenv(name, value)
        yield server
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture(scope="session")
def s3(versitygw: VersityGateway) -> Any:
    """A client of the S3 server; to make one costs more than a test with it."""
    session = boto3.session.Session()
    return session.client("s3", endpoint_url=versitygw.url, region_name="us-east-1")


@pytest.fixture
def bucket(s3: Any) -> str:
    """The name of a fresh bucket of the S3 server."""
    name = f"test-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="session")
def web(
    postgres_server: QuickPostgres,
    tmp_path_factory: pytest.TempPathFactory,
    free_port: Callable[[], int],
) -> Iterator[Web]:
    """A real web server over a database of its own, started once; tests make their own people."""
    base, folder = postgres_server.url.rsplit("/", 1)[0], tmp_path_factory.mktemp("web")
    name = f"web_{uuid.uuid4().hex}"
    _administer(base, f"create database {name} template imagehub strategy file_copy")
    settings = Settings(
        data=folder, catalogue_url=f"{base}/{name}", web_port=free_port(), limit_factor=1000
    )
    with running_web(settings, folder) as running:
        yield running
    _administer(base, f"drop database {name} with (force)")


def _administer(base: str, statement: str) -> None:
    connection = psycopg2.connect(f"{base}/postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
