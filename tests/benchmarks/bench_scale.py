"""What pages and jobs cost in a catalogue of many photos: `bench_scale --photos N`.

Each page is asked of the real web server, in turns with the yardstick of the same run: 50 images
read by their ids. Then all jobs are asked whether they have work, and 100 verdicts change and the
job organise publishes it. What each table takes on disk is printed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.preflight import free_port
from imagehub.catalogue.database import Database
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from spark_jobs import jobs
from tests.benchmarks.parts import report, running_postgres
from tests.benchmarks.scale_labels import import_all_labels
from tests.benchmarks.scale_pages import measure, milliseconds, summary, worst_page
from tests.filled_catalogue import REJECT_100, fill
from tests.web_server import running_web

FULL, TOY = 200_000, 300
ROUNDS = 20


def main() -> None:
    """Measure in a Postgres of our own, and report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=int, default=FULL)
    photos = parser.parse_known_args()[0].photos
    with running_postgres() as url:
        run(photos, ROUNDS, url)


def run(photos: int, rounds: int, url: str) -> dict[str, float]:
    """Fill an empty catalogue, measure, write `build/figures/scale.json`."""
    with closing(Database(url, statement_timeout_seconds=3600)) as database:
        import_all_labels(database)
        began = time.perf_counter()
        filled = fill(database, photos)
        print(f"filled in {time.perf_counter() - began:.0f} s")
        figures: dict[str, float] = {"photos": photos, "bytes_per_photo": _size(database) // photos}
        _print_tables(database, photos)
        with TemporaryDirectory(prefix="bench-scale-") as folder:
            settings = Settings(
                data=Path(folder),
                catalogue_url=url,
                storage_url=f"folder:{folder}/objects",
                web_port=free_port(),
                limit_factor=1000,
            )
            with running_web(settings, Path(folder)) as web:
                measured = measure(web, database, filled, rounds)
            figures |= measured | summary(measured)
            print(f"worst page: {worst_page(measured)}")
            figures["polls_ms"] = _polls(database)
            figures["publish_100_seconds"] = _publish(settings, database)
    report("scale", figures, beside=True)
    return figures


def _size(database: Database) -> int:
    with database.transaction() as cursor:
        cursor.execute("select pg_database_size(current_database()) as bytes")
        return int(cursor.fetchone().bytes)


def _print_tables(database: Database, photos: int) -> None:
    """Print the bytes a photo of each table, its rows and its indexes apart."""
    with database.transaction() as cursor:
        cursor.execute(
            """
            select c.relname as name, pg_table_size(c.oid) as own, pg_indexes_size(c.oid) as indexes
            from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
            order by pg_total_relation_size(c.oid) desc
            limit 12
            """
        )
        for row in cursor.fetchall():
            print(f"{row.name:24} {row.own / photos:8.0f} + {row.indexes / photos:6.0f} B a photo")


def _polls(database: Database) -> float:
    """How long one round of asking all jobs takes, when none has work; the median, in ms."""

    def ask_all() -> None:
        for name in jobs.NAMES:
            jobs.load(name).has_work(database)

    ask_all()
    return round(statistics.median(milliseconds(ask_all) for _ in range(20)), 2)


def _publish(settings: Settings, database: Database) -> float:
    store = FolderStore(settings.storage_url.partition(":")[2])
    jobs.execute("organise", settings, None, database, store)  # what the filling left
    with database.transaction() as cursor:
        cursor.execute(REJECT_100)
    began = time.perf_counter()
    jobs.execute("organise", settings, None, database, store)
    return round(time.perf_counter() - began, 3)


if __name__ == "__main__":
    main()
