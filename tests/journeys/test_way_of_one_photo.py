"""The whole way: a crowd on a bad network, a hub whose Postgres is killed, a release."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from deploy.demo import checking
from deploy.demo.checking import Crowdwork
from deploy.demo.freezing import fetch_and_compare, freeze
from deploy.demo.one_more import send_more
from deploy.demo.running import running_hub
from deploy.demo.settling import wait_until_settled
from imagehub.catalogue.accounts.tokens import issue
from imagehub.catalogue.operation.audit import settled_uploads, stored_images
from imagehub.client import HubClient
from imagehub.settings import Settings
from imagehub.vocabulary import Role
from ingestion.simulation.crowd import Crowd
from ingestion.simulation.fleet import Fleet, FleetReport, send_all
from ingestion.simulation.history import History
from ingestion.simulation.hub_facts import FactSources
from ingestion.simulation.phone import NETWORKS, SendOutcome
from ingestion.simulation.tokens import make_tokens
from ingestion.simulation.wire import ServerAddress
from tests.factories.sample import small_sample

UPLOADS = 60
KILLS = 3


@dataclass(frozen=True)
class Way:
    """A hub that has settled after a crowd's uploads."""

    settings: Settings
    doors: FactSources
    report: FleetReport
    work: Crowdwork
    kills: int


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Way]:
    folder = tmp_path_factory.mktemp("way")
    crowd = small_sample(folder / "crowd", UPLOADS)
    port = free_port()
    settings = replace(
        Settings.from_environment({"IMAGEHUB_DATA": str(folder / "hub")}),
        web_port=port,
        server=f"http://127.0.0.1:{port}",
        spark_master="local[2]",
        spark_memory="1g",
    )
    with running_hub(settings):
        sources = FactSources.of(settings)
        history = settings.data / "history.jsonl"
        report, kills = send_under_fire(settings, crowd.crowd, sources, history)
        counts = wait_until_settled(sources.database)
        work = checking.look(sources, crowd, report.sent, counts, history)
        yield Way(settings, sources, report, work, kills)
        sources.database.close()


def send_under_fire(
    settings: Settings, crowd: Crowd, sources: FactSources, file: Path
) -> tuple[FleetReport, int]:
    """Send the crowd while Postgres is killed again and again; return how often it was."""
    tokens = make_tokens(sources.database, crowd.contributors, settings.data / "tokens.json")
    sent = threading.Semaphore(0)
    done = threading.Event()
    kills: list[int] = []

    def kill_postgres() -> None:
        pid_file = settings.data / "postgres" / "data" / "postmaster.pid"
        for _ in range(KILLS):
            for _ in range(UPLOADS // (KILLS + 1)):
                sent.acquire(timeout=60)
            if done.is_set() or not pid_file.exists():
                return
            kills.append(int(pid_file.read_text().splitlines()[0]))
            os.kill(kills[-1], signal.SIGKILL)
            time.sleep(0.5)

    killer = threading.Thread(target=kill_postgres)
    killer.start()
    history = History(file)
    fleet = Fleet(12, ServerAddress.at(settings.server), NETWORKS["bad"], seed=2)
    try:
        report = send_all(fleet, crowd, tokens, history, lambda _sent: sent.release())
    finally:
        done.set()
        sent.release(UPLOADS)
        killer.join()
        history.close()
    return report, len(set(kills))


def test_nothing_acknowledged_is_lost_though_postgres_was_killed(way: Way) -> None:
    assert way.kills >= 2
    assert way.report.count(SendOutcome.GAVE_UP) == 0
    assert way.work.violations == ()
    assert way.work.ends.unfinished() == []


def test_a_release_of_the_crowds_photos_is_the_same_by_client_zip_and_manifest(
    way: Way, tmp_path: Path
) -> None:
    token = issue(way.doors.database, "operator", [Role.ADMIN, Role.CONTRIBUTOR])
    client = HubClient(way.settings.server, token)
    labels = sorted({sent_upload.upload.mid for sent_upload in way.report.sent})
    release = freeze(client, "everything", labels)
    frozen = fetch_and_compare(client, release, tmp_path)
    more = send_more(client, way.work.given.late)
    for promise in checking.promises(way.work, frozen, more):
        assert promise.held, f"{promise.sentence}: {promise.detail}"
    numbers = checking.numbers(way.work, frozen, more)
    assert numbers["sent"] == UPLOADS
    assert numbers["release_mismatches"] == 0


def test_sending_a_crowd_again_by_command_changes_no_row_and_is_judged_good(
    way: Way, tmp_path: Path
) -> None:
    with way.doors.database.transaction() as cursor:
        before = settled_uploads(cursor), stored_images(cursor)
    history = tmp_path / "again.jsonl"
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("imagehub")), "simulate"),
            *("--phones", "8", "--faults", "bad"),
            *("--crowd", str(way.settings.data.parent / "crowd"), "--make-tokens"),
            *("--tokens", str(way.settings.data / "tokens.json")),
            *("--history", str(history), "--check"),
        ],
        env=way.settings.for_child(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Every promise holds for the {UPLOADS} uploads" in done.stdout
    with way.doors.database.transaction() as cursor:
        assert (settled_uploads(cursor), stored_images(cursor)) == before
