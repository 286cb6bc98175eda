"""The real web server, with its processes, for tests, and requests to it."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from imagehub import hub
from imagehub.catalogue import web_login
from imagehub.catalogue.database import Database
from imagehub.log.protocol import UploadLog
from imagehub.settings import Settings
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import Account, Role
from tests import factories

START_TIMEOUT_SECONDS = 120


@dataclasses.dataclass
class Web:
    """A running server and the doors behind it."""

    settings: Settings
    process: subprocess.Popen[bytes]
    output: Path

    def __post_init__(self) -> None:
        self.url = f"http://{self.settings.web_host}:{self.settings.web_port}"
        self.database: Database = hub.open_catalogue(self.settings)
        self.log: UploadLog = hub.open_log(self.settings)
        self.store: ObjectStore = hub.open_store(self.settings)

    def get(self, path: str, token: str | None = None, **options: Any) -> requests.Response:
        """GET a path, as the token's bearer."""
        return self.request("GET", path, token, **options)

    def post(self, path: str, token: str | None = None, **options: Any) -> requests.Response:
        """POST to a path, as the token's bearer."""
        return self.request("POST", path, token, **options)

    def request(
        self, method: str, path: str, token: str | None = None, **options: Any
    ) -> requests.Response:
        """Send any request; waits 30 s at most."""
        headers = dict(options.pop("headers", {}))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return requests.request(method, self.url + path, headers=headers, timeout=30, **options)

    def send(
        self, token: str, photo: bytes, label: str, key: uuid.UUID | None = None, **query: str
    ) -> requests.Response:
        """Upload a photo in a raw body; the key is new where none is given."""
        headers = {"Idempotency-Key": str(key or uuid.uuid4()), "Content-Type": "image/jpeg"}
        params = {"label": label, **query}
        return self.post("/api/v1/uploads", token, data=photo, headers=headers, params=params)

    def person(self, *roles: Role) -> tuple[Account, str]:
        """A new account, a contributor unless roles are named, and a token of it."""
        with self.database.transaction() as cursor:
            account = factories.account(
                cursor, f"person-{uuid.uuid4().hex[:12]}", roles or (Role.CONTRIBUTOR,)
            )
            return account, factories.token(cursor, account)


@contextmanager
def running_web(settings: Settings, folder: Path) -> Iterator[Web]:
    """`python -m webapp` with these settings and a login of its own, until the block's end."""
    output = folder / f"web-{settings.web_port}.log"
    as_web = dataclasses.replace(settings, catalogue_url=web_url(settings.catalogue_url))
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "webapp"], env=as_web.for_child(), stdout=file, stderr=file
        )
    try:
        web = Web(settings, process, output)
        _wait(web)
        yield web
        web.database.close()
        web.log.close()
    finally:
        process.terminate()
        process.wait(timeout=30)


def web_url(owner_url: str) -> str:
    """The URL of a login as web processes have it, which is made here."""
    server = urlsplit(owner_url)
    url = server._replace(netloc=f"web_of_tests:secret@{server.hostname}:{server.port}").geturl()
    database = Database(owner_url)
    web_login.make(database, url)
    database.close()
    return url


def _wait(web: Web) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        try:
            if web.get("/healthz").ok:
                return
        except requests.ConnectionError:
            pass
        if web.process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the web server did not start:\n{web.output.read_text()}")
        time.sleep(0.05)
