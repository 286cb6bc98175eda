"""Ways to look at the same photos: the Spark job, bare processes, and their bound."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from imagehub.catalogue.verification.image_checks import Unchecked
from imagehub.photo import read_view, resize
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from imagehub.vision.embedder import Embedder
from imagehub.vision.featurizer import Featurizer
from imagehub.vision.projection import Projection, random_projection
from imagehub.vision.registry import choose
from spark_jobs.frames import batched
from spark_jobs.runs import SparkJobContext, job_run
from spark_jobs.verify import job as verify
from spark_jobs.verify import versions
from spark_jobs.verify.look import PHOTOS_AT_ONCE, look, read_photos
from tests.benchmarks.verify_hub import Hub

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Bound:
    """CPU seconds of one photo that nobody can do without, as measured in one process."""

    decode_seconds: float
    forward_seconds: float


def look_in_spark(
    hub: Hub, images: Sequence[Unchecked], images_a_core_and_stage: int
) -> Iterator[int]:
    """Look at the images as the job does, stage by stage; give how many each stage looked at."""
    with job_run(hub.database, "verify") as run:
        context = SparkJobContext(hub.settings, hub.database, hub.store, run, hub.spark)
        version = versions.current(context, choose(hub.settings))
        serving = versions.serving(hub.settings, version)
        assert serving is not None
        cores = hub.spark.sparkContext.defaultParallelism
        for stage in batched(images, images_a_core_and_stage * cores):
            yield verify.look_at(context, serving, stage)


def forget_looks(hub: Hub) -> None:
    """Let nobody have looked at any image."""
    with hub.database.transaction() as cursor:
        cursor.execute("truncate image_checks")


class Processes:
    """Bare processes, one for each core, that hold the same images."""

    def __init__(self, pool: Any, count: int) -> None:
        self._pool = pool
        self._parts = [(part, count) for part in range(count)]

    def look(self) -> None:
        """Look as the job does, without Spark and without Postgres."""
        self._pool.map(_look, self._parts, 1)

    def bound(self) -> Bound:
        """Decode and resize, then run the networks, in all processes at once; nothing else."""
        found = self._pool.map(_measure_bound, self._parts, 1)
        count = len(found)
        return Bound(
            sum(way.decode_seconds for way in found) / count,
            sum(way.forward_seconds for way in found) / count,
        )


@contextmanager
def bare_processes(hub: Hub, images: list[Unchecked], count: int) -> Iterator[Processes]:
    """Start processes that have what they need and wait."""
    known = choose(hub.settings).embedding.network
    given = (hub.settings, images, random_projection(known.outputs))
    spawning = multiprocessing.get_context("spawn")
    with _one_thread_a_process(), spawning.Pool(count, _receive, given) as pool:
        yield Processes(pool, count)


@contextmanager
def _one_thread_a_process() -> Iterator[None]:
    """Let processes that are started now do their sums as Spark's workers do."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _look(part: tuple[int, int]) -> None:
    settings, images, projection = _given
    embedder = Embedder(Featurizer(choose(settings)), projection)
    mine = images[part[0] :: part[1]]
    for photos in batched(read_photos(_store(settings), mine), PHOTOS_AT_ONCE):
        look(photos, embedder)


def _measure_bound(part: tuple[int, int]) -> Bound:
    settings, images, _ = _given
    featurizer = Featurizer(choose(settings))
    side = featurizer.networks.embedding.network.side_pixels
    mine = images[part[0] :: part[1]]
    decode_seconds = forward_seconds = 0.0
    for batch in batched(mine, PHOTOS_AT_ONCE):
        views = [_store(settings).get(keys.view(image.photo_sha256)) for image in batch]
        began = time.process_time()
        prepared = [resize(read_view(view), side, side) for view in views]
        decoded = time.process_time()
        featurizer.look(prepared)
        forward_seconds += time.process_time() - decoded
        decode_seconds += decoded - began
    return Bound(decode_seconds / len(mine), forward_seconds / len(mine))


def _store(settings: Settings) -> FolderStore:
    return FolderStore(settings.storage_url.partition(":")[2])


_given: tuple[Settings, list[Unchecked], Projection]
"""What each bare process was given when it began."""


def _receive(settings: Settings, images: list[Unchecked], projection: Projection) -> None:
    global _given
    _given = (settings, images, projection)
