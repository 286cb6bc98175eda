"""What Postgres's row-level security costs a request: the same reading, with it and without.

With it a transaction acts as `imagehub_web` and says first who asks; without it as the owner of
the tables. Both in turns, on one connection each; the fastest tenth of the rounds, because other
programs only slow them.
"""

from __future__ import annotations

import signal
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.figures import write_figures
from deploy.local import preflight
from deploy.local.postgres import Postgres
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.images import image_queries
from imagehub.catalogue.migrate import migrate
from imagehub.catalogue.uploads import receipts
from imagehub.vocabulary import Account
from tests import factories
from tests.factories import Photo
from webapp.http.resources import ROLE

UPLOADS = 5_000
ROUNDS = 150
Reading = Callable[[Cursor], object]


def main() -> None:
    """Measure, print and write `build/figures/row_security.json`."""
    with TemporaryDirectory(prefix="imagehub-postgres-") as folder:
        server = Postgres(Path(folder), preflight.free_port())
        process = server.start()
        try:
            figures = _measured(server.url)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
    for name, number in figures.items():
        print(f"{name:42} {number}")
    write_figures("row_security", **figures)


def _measured(url: str) -> dict[str, float | None]:
    owner = Database(url)
    migrate(owner)
    person, photo = _filled(owner)
    asking = Database(url, role=ROLE).acting_for(person.id)
    readings: dict[str, Reading] = {
        "nothing": lambda cursor: cursor.execute("select 1"),
        "20_receipts": lambda cursor: receipts.newest(cursor, person.id, None, 20),
        "uploads_of_an_image": lambda cursor: image_queries.uploads(cursor, photo.image_id),
    }
    figures: dict[str, float | None] = {}
    for name, reading in readings.items():
        without, with_it = _milliseconds(owner, asking, reading)
        figures[f"{name}_ms"] = round(with_it, 3)
        figures[f"{name}_with_to_without"] = round(with_it / without, 2)
    owner.close()
    return figures


def _filled(database: Database) -> tuple[Account, Photo]:
    with database.transaction() as cursor:
        label = factories.label(cursor)
        people = [factories.account(cursor) for _ in range(50)]
        for number in range(UPLOADS):
            photo = factories.photo(cursor, label, owner=people[number % 50])
    with database.transaction() as cursor:
        cursor.execute("analyze")
    return photo.account, photo


def _milliseconds(without: Database, with_it: Database, reading: Reading) -> tuple[float, float]:
    """How long one transaction with the reading takes each way."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for database, times in zip((without, with_it), took, strict=True):
            began = time.perf_counter()
            with database.transaction() as cursor:
                reading(cursor)
            times.append(1000 * (time.perf_counter() - began))
    fastest = [statistics.quantiles(times, n=10)[0] for times in took]
    return fastest[0], fastest[1]
