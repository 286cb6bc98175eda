"""The cluster profile: the same programs on Kafka, S3 and a Postgres by URL.

Each of the three is killed in the middle of a crowd's uploads and comes back. What the hub
acknowledged must be there afterwards, once, and the API must say 503 meanwhile and nothing worse.
Then the jobs take the photos to the end of their way: a release, fetched and held to its manifest.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import boto3
import pytest

from deploy.demo.freezing import fetch_and_compare, freeze
from deploy.demo.settling import wait_until_settled
from deploy.local.parts import programs
from deploy.local.postgres import Postgres
from deploy.local.supervisor import PartsEnvironment, Supervisor
from deploy.prepare import prepare
from imagehub.catalogue.accounts.tokens import issue
from imagehub.catalogue.database import Database
from imagehub.client import HubClient
from imagehub.hub import open_catalogue
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.vocabulary import Role
from ingestion.simulation.crowd import Crowd
from ingestion.simulation.fleet import Fleet, FleetReport, send_all
from ingestion.simulation.history import History
from ingestion.simulation.judge import judge
from ingestion.simulation.phone import NETWORKS, SendOutcome, SentUpload
from ingestion.simulation.tokens import make_tokens
from ingestion.simulation.wire import ServerAddress
from tests.factories.sample import small_sample
from tests.servers.kafka import Kafka
from tests.servers.versitygw import VersityGateway

UPLOADS_PER_FAULT = 45
PHONES = 8
DOWN_SECONDS = 2.0


class Service(Protocol):
    """What the three servers have in common."""

    def start(self) -> subprocess.Popen[bytes]: ...


@dataclass
class Hub:
    """A hub on cluster parts, its servers and the crowd that it has not seen yet."""

    settings: Settings
    servers: dict[str, Service]
    processes: dict[str, subprocess.Popen[bytes]]
    crowd: Crowd
    tokens: dict[str, str]
    supervisor: Supervisor
    taken: int = 0

    def next_uploads(self) -> Crowd:
        """The next part of the crowd."""
        part = self.crowd.uploads[self.taken : self.taken + UPLOADS_PER_FAULT]
        self.taken += UPLOADS_PER_FAULT
        return replace(self.crowd, uploads=part)

    def start(self, *names: str) -> None:
        """Start programs of the hub and keep them running."""
        self.supervisor.start([part for part in programs(self.settings) if part.name in names])

    def kill_and_restart(self, name: str) -> None:
        """SIGKILL a server with everything it started; start it again a little later."""
        process = self.processes[name]
        process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(DOWN_SECONDS)
        self.processes[name] = self.servers[name].start()


@pytest.fixture(scope="module")
def hub(
    tmp_path_factory: pytest.TempPathFactory,
    free_port: Callable[[], int],
) -> Iterator[Hub]:
    """Web and ingestion, on servers of their own that a test may kill."""
    folder = tmp_path_factory.mktemp("cluster-profile")
    with TemporaryDirectory(prefix="imagehub-postgres-") as postgres_folder:
        postgres = Postgres(Path(postgres_folder), free_port())
        kafka = Kafka(folder / "kafka", free_port())
        s3 = VersityGateway(folder / "s3", free_port())
        servers: dict[str, Service] = {"postgres": postgres, "kafka": kafka, "s3": s3}
        processes = {name: server.start() for name, server in servers.items()}
        port = free_port()
        settings = Settings(
            data=folder,
            models=folder / "models",
            signing_key=folder / "signing-key.pem",
            catalogue_url=postgres.url,
            log_url=kafka.url,
            storage_url="s3://photos",
            s3_endpoint_url=s3.url,
            spark_master="local[2]",
            spark_memory="1g",
            web_port=port,
            server=f"http://127.0.0.1:{port}",
        )
        with pytest.MonkeyPatch.context() as environment:
            for name, value in s3.credentials.items():
                environment.setenv(name, value)
            yield from _running(settings, servers, processes)
        for process in processes.values():
            process.kill()
            process.wait()


def _running(
    settings: Settings,
    servers: dict[str, Service],
    processes: dict[str, subprocess.Popen[bytes]],
) -> Iterator[Hub]:
    _s3(settings).create_bucket(Bucket="photos")
    crowd = small_sample(settings.data / "crowd", 3 * UPLOADS_PER_FAULT).crowd
    database = open_catalogue(settings)
    prepare(database, settings.web_catalogue_url)
    tokens = make_tokens(database, crowd.contributors, settings.data / "tokens.json")
    database.close()
    supervisor = Supervisor(PartsEnvironment(settings.data, settings.for_child()), say=print)
    running = Hub(settings, servers, processes, crowd, tokens, supervisor)
    running.start("web", "ingestion")
    yield running
    supervisor.stop()


def _s3(settings: Settings) -> Any:
    session = boto3.session.Session()  # boto3's shared one would keep these credentials for others
    return session.client("s3", endpoint_url=settings.s3_endpoint_url, region_name="us-east-1")


@pytest.mark.parametrize("victim", ["kafka", "s3", "postgres"])
def test_nothing_acknowledged_is_lost_when_a_server_is_killed_in_mid_upload(
    hub: Hub, victim: str, tmp_path: Path
) -> None:
    part = hub.next_uploads()
    history = History(tmp_path / "history.jsonl")
    fleet = Fleet(PHONES, ServerAddress.at(hub.settings.server), NETWORKS["bad"])
    arrived: list[SentUpload] = []

    with ThreadPoolExecutor() as threads:
        sending = threads.submit(send_all, fleet, part, hub.tokens, history, arrived.append)
        while len(arrived) < UPLOADS_PER_FAULT // 3 and not sending.done():
            time.sleep(0.01)
        killing = threads.submit(hub.kill_and_restart, victim)
        while not (sending.done() and killing.done()):
            hub.supervisor.watch()
            time.sleep(0.1)
        killing.result()
    report: FleetReport = sending.result()
    history.close()

    assert report.count(SendOutcome.GAVE_UP) == 0
    assert judge(tmp_path / "history.jsonl", hub.settings)


def test_the_uploads_went_through_kafka_and_s3(hub: Hub) -> None:
    stored = _s3(hub.settings).list_objects_v2(Bucket="photos", Prefix="orig/")["KeyCount"]
    database = Database(hub.settings.catalogue_url)
    with database.transaction() as cursor:
        cursor.execute("select count(*) as messages from log_messages")
        assert cursor.fetchone().messages == 0
        cursor.execute("select count(*) as images from images")
        assert cursor.fetchone().images == stored > 0
    database.close()


def test_the_photos_become_a_release_that_is_fetched_as_its_manifest_says(
    hub: Hub, tmp_path: Path
) -> None:
    hub.start("jobs")
    database = Database(hub.settings.catalogue_url)
    counts = wait_until_settled(database)
    assert counts.landed + counts.refused == counts.accepted
    assert counts.verified > UPLOADS_PER_FAULT
    assert (counts.set_aside, counts.label_sets > 0, counts.clusters > 0) == (0, True, True)
    token = issue(database, "operator", [Role.ADMIN, Role.CONTRIBUTOR])
    client = HubClient(hub.settings.server, token)

    release = freeze(client, "everything", sorted({upload.mid for upload in hub.crowd.uploads}))
    frozen = fetch_and_compare(client, release, tmp_path)

    assert frozen.mismatches == ()
    assert frozen.files > UPLOADS_PER_FAULT // 2
    in_s3 = _s3(hub.settings).get_object(Bucket="photos", Key=keys.release_manifest(release))
    assert in_s3["Body"].read() == client.manifest(release)
    assert not (hub.settings.data / "objects").exists()
    database.close()
