"""While a part is down the API says so, keeps nothing half done, and recovers by itself."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import requests

from deploy.local.postgres import Postgres
from imagehub.catalogue.database import Database
from imagehub.catalogue.labels.labels import import_boxable
from imagehub.catalogue.migrate import migrate
from imagehub.settings import Settings
from tests import photos
from tests.servers.kafka import Kafka
from tests.services.conftest import Restartable
from tests.web_server import Web, running_web

PHOTO = photos.jpeg(1, 320, 240)
PATIENCE_SECONDS = 15


@dataclass
class Breakable:
    """A web server, and the part behind it that may die."""

    web: Web
    part: Restartable


@pytest.fixture(scope="module", params=["postgres", "kafka"])
def breakable(request: pytest.FixtureRequest, free_port: Callable[[], int]) -> Iterator[Breakable]:
    with TemporaryDirectory(prefix="imagehub-outage-") as name:
        folder = Path(name)
        postgres = Restartable(Postgres(folder / "postgres", free_port()))
        part, log_url = postgres, "postgres:"
        if request.param == "kafka":
            kafka = Kafka(folder / "kafka", free_port())
            part, log_url = Restartable(kafka), kafka.url
        url = postgres.server.url  # type: ignore[attr-defined] # a Postgres
        database = Database(url)
        migrate(database)
        import_boxable(database)
        database.close()
        settings = Settings(data=folder, catalogue_url=url, log_url=log_url, web_port=free_port())
        with running_web(settings, folder) as web:
            yield Breakable(web, part)
        for server in {id(server): server for server in (postgres, part)}.values():
            server.kill()


def sent_until(web: Web, token: str, key: uuid.UUID, status: int) -> requests.Response:
    """Send the same upload again and again until it is answered with the status."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = web.send(token, PHOTO, "Dog", key)
        assert answer.status_code in (202, 503), answer.text
        if answer.status_code == status or time.monotonic() > deadline:
            return answer
        time.sleep(0.2)


def answered(web: Web, path: str, token: str) -> requests.Response:
    """GET a path until it is answered with anything but 503."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = web.get(path, token)
        if answer.status_code != 503 or time.monotonic() > deadline:
            return answer
        time.sleep(0.2)


def test_an_outage_is_told_leaves_nothing_half_done_and_passes(breakable: Breakable) -> None:
    web = breakable.web
    (_, token), key = web.person(), uuid.uuid4()
    assert sent_until(web, token, uuid.uuid4(), 202).status_code == 202
    breakable.part.kill()
    started_at = time.monotonic()
    refused = web.send(token, PHOTO, "Dog", key)
    assert time.monotonic() - started_at < PATIENCE_SECONDS
    assert refused.status_code == 503
    assert refused.json()["code"] == "unavailable"
    assert int(refused.headers["Retry-After"]) > 0
    assert web.get("/healthz").status_code == 200
    assert web.get("/readyz").status_code == 503
    breakable.part.start()
    assert answered(web, f"/api/v1/uploads/{key}", token).status_code == 404
    assert sent_until(web, token, key, 202).status_code == 202
    assert web.get(f"/api/v1/uploads/{key}", token).json()["state"] == "accepted"
    assert web.get("/readyz").json() == {
        "ready": True,
        "parts": {"catalogue": True, "log": True, "store": True},
    }
