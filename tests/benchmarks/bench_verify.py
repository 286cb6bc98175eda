"""Images/s of verify beside its limits, in one run: `python -m tests.benchmarks.bench_verify`.

Three things look at the same photos in turn, A-B-C-A-B-C: the whole Spark job (read, decode,
check, embed, project, write), the same look function in bare processes (without Spark and without
Postgres), and the networks alone on tensors that lie ready. Ratios of medians, so that a slow
machine is slow for all three. Page cache and workers are warm.
"""

from __future__ import annotations

import json
import multiprocessing
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from deploy.local.figures import write_figures
from deploy.local.postgres import Postgres
from deploy.local.preflight import free_port
from imagehub.catalogue import verification
from imagehub.catalogue.database import Database
from imagehub.catalogue.migrate import migrate
from imagehub.catalogue.verification import Unchecked
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from imagehub.vision.featurizer import Featurizer
from imagehub.vision.registry import choose
from spark_jobs import verify
from spark_jobs.frames import batched
from spark_jobs.runs import JobContext, job_run
from spark_jobs.session import spark_session
from spark_jobs.verification import versions
from spark_jobs.verification.look import PHOTOS_AT_ONCE, look, read_photos
from spark_jobs.verification.projection import random_projection
from tests.factories.labels import label
from tests.factories.uploads import photo

SHARED_MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
IMAGES = 512
REPEATS = 3
CORES = 2


@dataclass(frozen=True)
class Hub:
    """A hub with photos that nobody has looked at."""

    settings: Settings
    database: Database
    store: FolderStore
    spark: Any


def main() -> dict[str, float]:
    """Measure, write the figures and return them."""
    with _hub() as hub:
        images = _fill(hub)
        rates = _measure(hub, images)
        figures = _figures(rates)
        figures["has_real_networks"] = float(choose(hub.settings).classes is not None)
    write_figures("verify", **figures)
    return figures


def _measure(hub: Hub, images: list[Unchecked]) -> dict[str, list[float]]:
    spawning = multiprocessing.get_context("spawn")
    with spawning.Pool(CORES, _receive, (hub.settings, images)) as pool:
        ways: dict[str, Callable[[], Any]] = {
            "job": lambda: _spark_job(hub, images),
            "processes": lambda: pool.map(_look_at, range(CORES), 1),
            "networks": lambda: pool.map(_only_networks, range(CORES), 1),
        }
        rates: dict[str, list[float]] = {name: [] for name in ways}
        for round_number in range(REPEATS + 1):  # the first one warms up
            for name, way in ways.items():
                began = time.perf_counter()
                way()
                if round_number:
                    rates[name].append(IMAGES / (time.perf_counter() - began))
    return rates


def _figures(rates: dict[str, list[float]]) -> dict[str, float]:
    medians = {name: statistics.median(values) for name, values in rates.items()}
    figures = {f"{name}_images_per_second": round(median, 1) for name, median in medians.items()}
    for name, values in rates.items():
        spread = (max(values) - min(values)) / medians[name]
        figures[f"{name}_spread_share"] = round(spread, 3)
    figures["job_per_networks"] = round(medians["job"] / medians["networks"], 3)
    figures["job_per_processes"] = round(medians["job"] / medians["processes"], 3)
    figures |= {"images": IMAGES, "repeats": REPEATS, "cores": CORES}
    return figures


@contextmanager
def _hub() -> Iterator[Hub]:
    with tempfile.TemporaryDirectory(prefix="bench-verify-") as name:
        folder = Path(name)
        server = Postgres(folder / "postgres", free_port())
        process = server.start()
        settings = Settings(
            data=folder,
            catalogue_url=server.url,
            storage_url=f"folder:{folder / 'objects'}",
            models=SHARED_MODELS if SHARED_MODELS.is_dir() else folder / "models",
            spark_master=f"local[{CORES}]",
            spark_memory="1g",
        )
        database = Database(server.url)
        spark = spark_session(settings, "bench-verify")
        try:
            migrate(database)
            yield Hub(settings, database, FolderStore(str(folder / "objects")), spark)
        finally:
            spark.stop()
            database.close()
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def _fill(hub: Hub) -> list[Unchecked]:
    """Photos of 512 x 384 that compress like photos: soft noise under sharp shapes."""
    with hub.database.transaction() as cursor:
        claimed = label(cursor, "Bench")
        for seed in range(IMAGES):
            jpeg = _photo(seed)
            made = photo(cursor, claimed, size=(512, 384), jpeg=jpeg)
            hub.store.put(keys.view(made.photo_sha256), jpeg)
        return verification.sample(cursor, IMAGES)


def _photo(seed: int) -> bytes:
    dice = np.random.default_rng(seed)
    coarse = dice.integers(0, 256, (24, 32, 3), dtype=np.uint8)
    ground = Image.fromarray(coarse).resize((512, 384), Image.Resampling.BICUBIC)
    noise = dice.normal(0, 6, (384, 512, 1))
    pixels = np.clip(np.asarray(ground) + noise, 0, 255).astype(np.uint8)
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()


def _spark_job(hub: Hub, images: list[Unchecked]) -> None:
    with hub.database.transaction() as cursor:
        cursor.execute("truncate image_checks")
    with job_run(hub.database, "verify") as run:
        context = JobContext(hub.settings, hub.spark, hub.database, hub.store, run)
        version = versions.current(context, choose(hub.settings))
        verify.look_at(context, versions.serving(hub.settings, version), images)


def _look_at(part: int) -> None:
    """The job's own look function, with nothing around it."""
    settings, images = _given
    networks = choose(settings)
    featurizer = Featurizer(networks)
    projection = random_projection(networks.embedding.network.outputs)
    store = FolderStore(settings.storage_url.partition(":")[2])
    for photos in batched(read_photos(store, images[part::CORES]), PHOTOS_AT_ONCE):
        look(photos, featurizer, projection)


def _only_networks(part: int) -> None:
    """The networks on pixels that lie ready."""
    settings, images = _given
    featurizer = Featurizer(choose(settings))
    side = featurizer.networks.embedding.network.side_pixels
    ready = np.random.default_rng(part).integers(0, 256, (32, side, side, 3), dtype=np.uint8)
    for _ in range(len(images[part::CORES]) // len(ready)):
        featurizer.look(list(ready))


_given: tuple[Settings, list[Unchecked]]
"""What each bare process was given when it began."""


def _receive(settings: Settings, images: list[Unchecked]) -> None:
    global _given
    _given = (settings, images)


if __name__ == "__main__":
    json.dump(main(), sys.stdout, indent=1)
    sys.stdout.write("\n")
