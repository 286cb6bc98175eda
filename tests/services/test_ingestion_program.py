"""`python -m ingestion` as a program: it lands, stops when told, outlives the outage of a part."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from deploy.local.postgres import Postgres
from imagehub.catalogue.database import Database
from imagehub.catalogue.migrate import migrate
from imagehub.messages import Message
from imagehub.storage.s3 import S3Store
from imagehub.vocabulary import UploadMetadata
from tests.factories.labels import label
from tests.factories.people import account
from tests.servers.kafka import Kafka
from tests.servers.versitygw import VersityGateway
from tests.services.conftest import Restartable
from tests.services.landing import SmallHub, small

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(small_hub: SmallHub, tmp_path: Path) -> Iterator[Start]:
    """Start the program on the small hub, with options."""
    started: list[subprocess.Popen[str]] = []

    def start_one(
        *options: str, url: str = small_hub.url, settings: dict[str, str] | None = None
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "ingestion", *options],
            env={
                "PATH": os.environ["PATH"],
                "IMAGEHUB_DATA": str(tmp_path),
                "IMAGEHUB_CATALOGUE_URL": url,
                **(settings or {}),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start_one
    for process in started:
        process.kill()
        process.communicate()


def until(is_so: Callable[[], bool], within_seconds: float = 60) -> None:
    deadline = time.monotonic() + within_seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def has_ended(process: psutil.Process) -> bool:
    """True also of one whose new parent has not asked yet how it ended."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def landed(hub: SmallHub) -> int:
    return sum(row["state"] == "landed" for row in hub.rows("uploads"))


def test_it_lands_what_waits_and_says_so_in_one_line_an_upload(
    small_hub: SmallHub, start: Start
) -> None:
    place = UploadMetadata(None, 48.858222, 2.2945, "CANARY")
    small_hub.send(*[small_hub.message(small(number), metadata=place) for number in range(3)])
    small_hub.send(small_hub.message(b"no photo"), Message("broken", {}, b""))
    output, _ = start("--until-empty").communicate(timeout=60)
    lines = output.splitlines()
    assert len(lines) == 5
    assert sum(" landed" in line for line in lines) == 3
    assert sum("refused: unsupported_type" in line for line in lines) == 1
    assert sum("set aside: message_malformed" in line for line in lines) == 1
    assert "48.8" not in output
    assert "CANARY" not in output
    assert landed(small_hub) == 3


def test_it_stops_within_five_seconds_and_leaves_no_process_behind(
    small_hub: SmallHub, start: Start
) -> None:
    small_hub.send(small_hub.message(small(1)))
    process = start()
    until(lambda: landed(small_hub) == 1)
    children = psutil.Process(process.pid).children(recursive=True)
    assert children
    told_at = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    assert time.monotonic() - told_at < 5
    assert psutil.wait_procs(children, timeout=5)[1] == []


def test_its_decoders_end_when_it_is_killed(small_hub: SmallHub, start: Start) -> None:
    small_hub.send(small_hub.message(small(1)))
    process = start()
    until(lambda: landed(small_hub) == 1)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    until(lambda: all(has_ended(child) for child in children), within_seconds=10)


def test_it_dies_where_a_test_asks_it_to_and_lands_all_the_next_time(
    small_hub: SmallHub, start: Start
) -> None:
    small_hub.send(*[small_hub.message(small(number)) for number in range(5)])
    assert start("--die-at", "before_commit:3").wait(timeout=60) == -signal.SIGKILL
    assert landed(small_hub) == 2
    assert start("--until-empty").wait(timeout=60) == 0
    assert landed(small_hub) == 5


def test_what_was_set_aside_is_put_into_the_log_again_by_command(
    small_hub: SmallHub, start: Start
) -> None:
    small_hub.send(Message("broken", {}, b""))
    assert start("--until-empty").wait(timeout=60) == 0
    again = start("--replay-dead-letters")
    output, _ = again.communicate(timeout=60)
    assert (again.returncode, output) == (0, "Messages put into the upload log again: 1.\n")
    assert start("--until-empty").wait(timeout=60) == 0
    assert len(small_hub.dead_letters()) == 2


def test_it_removes_from_the_log_what_landed_a_month_ago(small_hub: SmallHub, start: Start) -> None:
    small_hub.send(*[small_hub.message(small(number)) for number in range(3)])
    small_hub.land_all()
    with small_hub.database.transaction() as cursor:
        cursor.execute("update log_messages set appended_at = now() - interval '31 days'")
    start()
    until(lambda: small_hub.rows("log_messages") == [])


def test_a_flood_ends_it_with_status_three_until_it_is_resumed(
    small_hub: SmallHub, start: Start
) -> None:
    small_hub.send(*[Message(f"broken-{number}", {}, b"") for number in range(55)])
    first = start()
    output, _ = first.communicate(timeout=60)
    assert first.returncode == 3
    assert "`python -m ingestion --resume --until-empty` beside the hub" in output
    assert start().wait(timeout=60) == 3
    assert start("--resume", "--until-empty").wait(timeout=60) == 0
    assert len(small_hub.dead_letters()) == 55


def test_it_lands_from_kafka_to_s3(
    small_hub: SmallHub,
    kafka_server: Kafka,
    topic: str,
    versitygw: VersityGateway,
    bucket: str,
    start: Start,
) -> None:
    small_hub.topic, small_hub.kafka = topic, f"127.0.0.1:{kafka_server.port}"
    small_hub.send(*[small_hub.message(small(number)) for number in range(12)])
    cluster = {
        **versitygw.credentials,
        "IMAGEHUB_LOG_URL": f"kafka://127.0.0.1:{kafka_server.port}",
        "IMAGEHUB_LOG_TOPIC": topic,
        "IMAGEHUB_STORAGE_URL": f"s3://{bucket}",
        "IMAGEHUB_S3_ENDPOINT_URL": versitygw.url,
    }
    assert start("--until-empty", settings=cluster).wait(timeout=120) == 0
    assert landed(small_hub) == 12
    store = S3Store(bucket, "", versitygw.url, "us-east-1")
    assert len(list(store.keys(""))) == 48


@pytest.fixture
def own_postgres(free_port: Callable[[], int]) -> Iterator[Restartable]:
    with TemporaryDirectory(prefix="imagehub-postgres-") as folder:
        server = Postgres(Path(folder), free_port())
        running = Restartable(server)
        migrate(Database(server.url))
        yield running
        running.kill()


def test_a_catalogue_that_is_killed_meanwhile_costs_no_upload(
    own_postgres: Restartable, tmp_path: Path, start: Start
) -> None:
    server = own_postgres.server
    assert isinstance(server, Postgres)
    with Database(server.url).transaction() as cursor:
        hub = SmallHub(server.url, tmp_path / "objects", account(cursor), label(cursor))
    hub.send(*[hub.message(small(number)) for number in range(60)])
    process = start(url=server.url)
    for wanted in (5, 20, 35):
        until(lambda wanted=wanted: landed(hub) >= wanted)
        own_postgres.kill()
        own_postgres.start()
        hub.database.close()
    until(lambda: landed(hub) == 60)
    assert process.poll() is None
    assert hub.dead_letters() == []
    assert {row["name"]: row["total"] for row in hub.rows("landing_counts")}["landed"] == 60
