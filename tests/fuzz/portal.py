"""A portal to be asked: the real server on a Postgres of its own, with its limits raised."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from deploy.local.preflight import free_port
from imagehub.catalogue.database import Database
from imagehub.catalogue.labels.labels import import_boxable
from imagehub.catalogue.migrate import migrate
from imagehub.settings import Settings
from tests.servers.postgres import QuickPostgres, folder_in_memory
from tests.web_server import Web, running_web

NO_LIMIT = 100_000
"""What the rate limits are multiplied by: no case is turned away."""


@contextmanager
def running_portal(logs: Path) -> Iterator[Web]:
    """Start it; what the server logs is in a file in `logs`."""
    with folder_in_memory("fuzz-postgres-") as folder, folder_in_memory("fuzz-data-") as data:
        server = QuickPostgres(folder, free_port())
        process = server.start()
        try:
            with closing(Database(server.url)) as database:
                migrate(database)
                import_boxable(database)
            settings = Settings(
                data=data,
                catalogue_url=server.url,
                web_port=free_port(),
                limit_factor=NO_LIMIT,
            )
            with running_web(settings, logs) as web:
                yield web
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
