"""How fast Open Images' tables come into the catalogue, and in how much memory.

Files in the published layout are made from a seed: `bench_import --photos N`, each with some
labels by people and some by a network. The real command brings them in. Beside it, Python's csv
reads the same files and keeps nothing.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from imagehub.catalogue.database import Database
from imagehub.catalogue.labels.labels import import_boxable
from imagehub.settings import Settings
from tests.benchmarks.parts import report, running_postgres
from tests.open_images_files import write_labels, write_photos

FULL, TOY = 1_000_000, 200
LABELS_EACH = 5
COMMAND = "from imagehub.cli import main; main()"
SAMPLE_SECONDS = 0.5


def main() -> None:
    """Measure in a Postgres of our own, and report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=int, default=FULL)
    parser.add_argument("--labels-each", type=int, default=LABELS_EACH)
    asked = parser.parse_known_args()[0]
    with running_postgres() as url:
        run(asked.photos, asked.labels_each, url)


def run(photos: int, labels_each: int, url: str) -> dict[str, float]:
    """Make the files, bring them in, add the figures to `build/figures/scale.json`."""
    with TemporaryDirectory(prefix="bench-import-") as folder, closing(Database(url)) as database:
        import_boxable(database)
        tables = Path(folder, "tables")
        _write(tables, photos, labels_each, _mids(database))
        before = _size(database)
        seconds, importer_mb, postgres_mb = _bring_in(url, Path(folder), tables)
        rows = _rows(database)
        figures = {
            "import_photos": photos,
            "import_labels": photos * labels_each,
            "import_seconds": round(seconds, 2),
            "import_rows_per_second": round(rows / seconds),
            "import_rows_to_csv_reader": round(rows / seconds / _csv_rows_per_second(tables), 3),
            "import_peak_mb": round(importer_mb + postgres_mb),
            "import_peak_mb_of_the_command": round(importer_mb),
            "import_bytes_per_row": round((_size(database) - before) / rows),
        }
    report("scale", figures, beside=True)
    return figures


def _write(tables: Path, photos: int, each: int, mids: list[str]) -> None:
    tables.mkdir()
    write_photos(tables / "image_ids.csv", photos)
    for name, is_machine, count in (
        ("human", False, each // 2),
        ("machine", True, each - each // 2),
    ):
        write_labels(tables / f"labels-{name}.csv", photos, count, mids, is_machine)


def _bring_in(url: str, folder: Path, tables: Path) -> tuple[float, float, float]:
    """Seconds, the command's largest memory, and that of all of Postgres (shared memory once)."""
    settings = Settings(data=folder, catalogue_url=url)
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "import", "open-images", str(tables)],
        env=settings.for_child(),
        stdout=subprocess.DEVNULL,
    )
    peak, stop = [0.0], threading.Event()
    watcher = threading.Thread(target=_watch_postgres, args=(peak, stop))
    watcher.start()
    _, status, used = os.wait4(process.pid, 0)
    stop.set()
    watcher.join()
    if status:
        raise AssertionError(f"the import ended with {status}")
    return time.monotonic() - began, used.ru_maxrss / 1024, peak[0]


def _watch_postgres(peak: list[float], stop: threading.Event) -> None:
    while not stop.wait(SAMPLE_SECONDS):
        pss = 0
        for child in psutil.Process().children(recursive=True):
            try:
                if child.name().startswith("postgres"):
                    pss += child.memory_full_info().pss
            except psutil.Error:
                continue
        peak[0] = max(peak[0], pss / (1 << 20))


def _csv_rows_per_second(tables: Path) -> float:
    """The same rows through Python's csv alone, which keeps nothing."""
    began, rows = time.monotonic(), 0
    for file in tables.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as opened:
            rows += sum(1 for _ in csv.reader(opened))
    return rows / (time.monotonic() - began)


def _mids(database: Database) -> list[str]:
    with database.transaction() as cursor:
        cursor.execute("select mid from labels order by mid")
        return [row.mid for row in cursor.fetchall()]


def _rows(database: Database) -> int:
    with database.transaction() as cursor:
        cursor.execute(
            "select sum(rows)::bigint as rows from import_counts where outcome = 'landed'"
        )
        return int(cursor.fetchone().rows)


def _size(database: Database) -> int:
    with database.transaction() as cursor:
        cursor.execute("select pg_database_size(current_database()) as bytes")
        return int(cursor.fetchone().bytes)


if __name__ == "__main__":
    main()
