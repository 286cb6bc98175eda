"""What Postgres's row-level security costs a request: the same reading, with it and without.

With it a transaction acts as `imagehub_web` and says first who asks; without it as the owner of
the tables. Both in turns, on one connection each; the fastest tenth of the rounds, because other
programs only slow them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.images import image_queries
from imagehub.catalogue.uploads import receipts
from imagehub.catalogue.web_login import ROLE
from imagehub.vocabulary import Account
from tests import factories
from tests.benchmarks.parts import report, running_postgres
from tests.factories import Photo

Reading = Callable[[Cursor], object]


@dataclass(frozen=True)
class RowSecuritySizes:
    """How full the catalogue is, and how often each reading has its turn."""

    uploads: int
    people: int
    rounds: int


FULL = RowSecuritySizes(uploads=5_000, people=50, rounds=150)
TOY = RowSecuritySizes(uploads=10, people=2, rounds=2)


def main() -> None:
    """Measure in a Postgres of our own, and report."""
    with running_postgres() as url:
        run(FULL, url)


def run(sizes: RowSecuritySizes, url: str) -> dict[str, float]:
    """Measure in an empty catalogue, write `build/figures/row_security.json`."""
    figures: dict[str, float] = {}
    with closing(Database(url)) as owner:
        person, photo = _filled(owner, sizes)
        readings: dict[str, Reading] = {
            "nothing": lambda cursor: cursor.execute("select 1"),
            "20_receipts": lambda cursor: receipts.newest(cursor, person.id, None, 20),
            "uploads_of_an_image": lambda cursor: image_queries.uploads(cursor, photo.image_id),
        }
        with closing(Database(url, role=ROLE)) as web:
            asking = web.acting_for(person.id)
            for name, reading in readings.items():
                without, with_it = _milliseconds(owner, asking, reading, sizes.rounds)
                figures[f"{name}_ms"] = round(with_it, 3)
                figures[f"{name}_with_to_without"] = round(with_it / without, 2)
    report("row_security", figures)
    return figures


def _filled(database: Database, sizes: RowSecuritySizes) -> tuple[Account, Photo]:
    with database.transaction() as cursor:
        label = factories.label(cursor)
        people = [factories.account(cursor) for _ in range(sizes.people)]
        for number in range(sizes.uploads):
            photo = factories.photo(cursor, label, owner=people[number % sizes.people])
    with database.transaction() as cursor:
        cursor.execute("analyze")
    return photo.account, photo


def _milliseconds(
    without: Database, with_it: Database, reading: Reading, rounds: int
) -> tuple[float, float]:
    """How long one transaction with the reading takes each way."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for database, times in zip((without, with_it), took, strict=True):
            began = time.perf_counter()
            with database.transaction() as cursor:
                reading(cursor)
            times.append(1000 * (time.perf_counter() - began))
    fastest = [statistics.quantiles(times, n=10)[0] for times in took]
    return fastest[0], fastest[1]
