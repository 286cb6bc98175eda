"""How fast photos of an archive land, beside reading the archive and decoding its photos alone.

The three ways take turns on archives of equal photos of 12 megapixels: only read; only decoded, in
the sandbox that landing uses; imported until the last one has landed, with ingestion in a process
of its own. The bound is the slower of the first two.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from imagehub import hub
from imagehub.catalogue.accounts import accounts
from imagehub.catalogue.database import Database
from imagehub.catalogue.imports.imports import ImportPlan
from imagehub.catalogue.labels.labels import import_boxable
from imagehub.importing import following
from imagehub.importing.bringing import bring_in
from imagehub.importing.formats import open_reader
from imagehub.sandbox.pool import Sandbox
from imagehub.settings import Settings
from imagehub.vocabulary import Role
from tests import photos
from tests.archives import tar_of
from tests.benchmarks.parts import report, running_postgres


@dataclass(frozen=True)
class ArchiveSizes:
    """How many photos of which size an archive has, and how often each way has its turn."""

    photos: int
    width: int
    height: int
    rounds: int


FULL = ArchiveSizes(photos=48, width=4000, height=3000, rounds=3)
TOY = ArchiveSizes(photos=3, width=160, height=120, rounds=2)
DRAWN = 4


def main() -> None:
    """Measure in a Postgres of our own, and report."""
    with running_postgres() as url:
        with closing(Database(url)) as database:
            import_boxable(database)
        run(FULL, url)


def run(sizes: ArchiveSizes, url: str) -> dict[str, float]:
    """Measure, write `build/figures/archives.json` and return the figures."""
    rates: dict[str, list[float]] = {"read": [], "decode": [], "import": []}
    with TemporaryDirectory(prefix="bench-archives-") as place:
        folder = Path(place)
        settings = Settings(data=folder, catalogue_url=url, storage_url=f"folder:{folder}/objects")
        with running_ingestion(settings), closing(Sandbox(os.cpu_count() or 1)) as sandbox:
            for number in range(sizes.rounds):
                tar = _archive(folder, sizes, number)
                ways: dict[str, Callable[[], object]] = {
                    "read": lambda tar=tar: _read(tar),  # type: ignore[misc]
                    "decode": lambda tar=tar: _decode(sandbox, _read(tar)),  # type: ignore[misc]
                    "import": lambda tar=tar: _import(settings, tar),  # type: ignore[misc]
                }
                for name, way in ways.items():
                    began = time.monotonic()
                    way()
                    rates[name].append(sizes.photos / (time.monotonic() - began))
    ratios = [
        landed / min(read, decoded)
        for read, decoded, landed in zip(
            rates["read"], rates["decode"], rates["import"], strict=True
        )
    ]
    figures = {
        **{f"{name}_per_second": round(statistics.median(each), 2) for name, each in rates.items()},
        "import_to_bound": round(statistics.median(ratios), 3),
        "import_to_bound_lowest": round(min(ratios), 3),
        "import_to_bound_highest": round(max(ratios), 3),
    }
    report("archives", figures)
    return figures


@contextmanager
def running_ingestion(settings: Settings) -> Iterator[None]:
    """Ingestion in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ingestion"], env=settings.for_child(), stdout=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def _archive(folder: Path, sizes: ArchiveSizes, number: int) -> Path:
    """A tar of photos that no other archive has: each has a remark of its own."""
    drawn = [photos.jpeg(seed, sizes.width, sizes.height, quality=90) for seed in range(DRAWN)]
    files = {}
    for place in range(sizes.photos):
        remark = photos.segment(0xFE, f"archive {number}, photo {place}".encode())
        photo = drawn[place % DRAWN]
        files[f"Mug/{place:04d}.jpg"] = photo[:2] + remark + photo[2:]
    return tar_of(folder / f"archive-{number}.tar", files)


def _read(tar: Path) -> list[bytes]:
    reader = open_reader(str(tar), "files", {})
    return [row.read() for part in reader.parts() for row in reader.rows(part)]


def _decode(sandbox: Sandbox, found: Sequence[bytes]) -> None:
    with ThreadPoolExecutor(sandbox.size) as pool:
        list(pool.map(sandbox.land, found))


def _import(settings: Settings, tar: Path) -> None:
    """Send the archive's photos, and wait until the last one has landed."""
    with (
        closing(hub.open_catalogue(settings)) as database,
        closing(hub.open_log(settings)) as log,
    ):
        with database.transaction() as cursor:
            importer = accounts.create_account(cursor, "importer", [Role.CONTRIBUTOR])
        plan = ImportPlan(tar.stem, importer, str(tar), "files", {}, "CC0-1.0")
        bring_in(database, log, plan, open_reader(str(tar), "files", {}))
        following.wait(database, plan.name)


if __name__ == "__main__":
    main()
