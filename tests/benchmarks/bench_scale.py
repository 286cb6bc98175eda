"""What pages cost in a catalogue of many photos: `bench_scale --photos N`.

Each page is asked of the real web server, in turns with the yardstick of the same run: 50 images
read by their ids. Then 100 verdicts change and the job organise publishes it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.preflight import free_port
from imagehub.catalogue.database import Database
from imagehub.catalogue.labels.labels import import_boxable
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from imagehub.vocabulary import Role
from spark_jobs import jobs
from tests.benchmarks.parts import report, running_postgres
from tests.filled_catalogue import REJECT_100, fill
from tests.web_server import Web, running_web

FULL, TOY = 200_000, 300
ROUNDS = 20
PAGES = {
    "front_page": "/",
    "label": "/labels{label}",
    "label_photos": "/api/v1/labels{label}/images",
    "label_cluster": "/labels{label}?cluster=0",
    "labels": "/labels",
    "status": "/api/v1/status",
    "metrics": "/metrics",
}


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
        import_boxable(database)
        label = fill(database, photos)
        figures: dict[str, float] = {"photos": photos, "bytes_per_photo": _size(database) // photos}
        with TemporaryDirectory(prefix="bench-scale-") as folder:
            settings = Settings(
                data=Path(folder),
                catalogue_url=url,
                storage_url=f"folder:{folder}/objects",
                web_port=free_port(),
                limit_factor=1000,
            )
            with running_web(settings, Path(folder)) as web:
                figures |= _pages(web, database, label, rounds)
            figures["publish_100_seconds"] = _publish(settings, database)
    report("scale", figures, beside=True)
    return figures


def _pages(web: Web, database: Database, label: str, rounds: int) -> dict[str, float]:
    with database.transaction() as cursor:
        cursor.execute("select array_agg(id) as ids from (select id from images limit 50) few")
        ids = cursor.fetchone().ids
    _, token = web.person(Role.ADMIN)  # only operators read metrics
    figures, ratios = {}, {}
    for name, path in PAGES.items():
        page, yardstick = [], []
        for _ in range(rounds):
            page.append(_milliseconds(lambda path=path: _get(web, path.format(label=label), token)))
            yardstick.append(_milliseconds(lambda: _yardstick(database, ids)))
        for kind, times in (("page", page), ("yardstick", yardstick)):
            figures[f"{name}_{kind}_p50_ms"] = round(statistics.median(times), 2)
            figures[f"{name}_{kind}_p95_ms"] = round(statistics.quantiles(times, n=20)[-1], 2)
        ratios[name] = figures[f"{name}_page_p95_ms"] / figures[f"{name}_yardstick_p95_ms"]
    return {
        **figures,
        "worst_page_ratio": round(max(ratios.values()), 2),
        "label_page_ratio": round(ratios["label"], 2),
    }


def _get(web: Web, path: str, token: str) -> None:
    web.get(path, token).raise_for_status()


def _yardstick(database: Database, ids: list[str]) -> None:
    with database.transaction() as cursor:
        cursor.execute("select * from images where id = any(%s::bpchar[])", (ids,))
        cursor.fetchall()


def _milliseconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def _size(database: Database) -> int:
    with database.transaction() as cursor:
        cursor.execute("select pg_database_size(current_database()) as bytes")
        return int(cursor.fetchone().bytes)


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
