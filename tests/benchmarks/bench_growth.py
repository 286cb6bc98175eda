"""Cost of a photo's verdict as the hub grows: `python -m tests.benchmarks growth`.

A hub of drawn embeddings grows to 20,000 images through the job itself, which finds every image
looked at already: it adds and judges claims, and weighs all anew once it grew by a quarter. The
cost at a size is what it takes to grow by the last quarter, in runs of equal size, by image: one
weighing of the whole hub is in it. It is counted in CPU seconds of all processes (driver, Spark,
Postgres), so that other work on the machine does not count. Memory is the resident set of the
driver and of Spark's Python workers after a run; its slope is that of a line through all runs from
the first size on.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass, field

import numpy as np
import psutil
from psycopg2.extras import execute_values

from imagehub.vision.registry import choose
from spark_jobs import jobs
from spark_jobs.runs import SparkJobContext, job_run
from spark_jobs.verify import versions
from tests.benchmarks.parts import report
from tests.benchmarks.process_costs import costing, workers_bytes
from tests.benchmarks.verify_hub import Hub, own_hub
from tests.factories.labels import label
from tests.factories.people import account

DIMENSIONS = 256
WRONG_SHARE, SPREAD = 0.05, 2.0


@dataclass(frozen=True)
class GrowthSizes:
    """Images at which the cost is told (first, middle, last), and what the hub is made of."""

    images: tuple[int, int, int]
    images_in_a_run: int
    labels: int
    contributors: int
    cores: int


FULL = GrowthSizes((1_000, 5_000, 20_000), 200, labels=50, contributors=200, cores=2)
TOY = GrowthSizes((10, 20, 30), 10, labels=2, contributors=4, cores=2)


@dataclass
class Growth:
    """What was measured after each run: images, its time and CPU time, bytes of memory."""

    images: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    driver: list[float] = field(default_factory=list)
    workers: list[float] = field(default_factory=list)


def main() -> None:
    """Measure in a hub of our own, and report."""
    with own_hub(cores=FULL.cores) as hub:
        run(FULL, hub)


def run(sizes: GrowthSizes, hub: Hub) -> dict[str, float]:
    """Measure in an empty hub; write `build/figures/growth.json`."""
    figures = _figures(_grow(_Growing(hub, sizes), sizes), sizes)
    report("growth", figures)
    return figures


def _figures(growth: Growth, sizes: GrowthSizes) -> dict[str, float]:
    first, middle, last = sizes.images
    cpu = {size: _by_image(growth, growth.cpu_seconds, size) for size in sizes.images}
    driver, workers = (_slope(growth, memory, first) for memory in (growth.driver, growth.workers))
    return {
        **{f"cpu_seconds_per_image_{size}": round(cpu[size], 5) for size in sizes.images},
        **{
            f"seconds_per_image_{size}": round(_by_image(growth, growth.seconds, size), 5)
            for size in sizes.images
        },
        f"cost_per_image_{middle}_to_{first}": round(cpu[middle] / cpu[first], 3),
        f"cost_per_image_{last}_to_{first}": round(cpu[last] / cpu[first], 3),
        "memory_slope_bytes_per_image": round(driver + workers, 1),
        "driver_slope_bytes_per_image": round(driver, 1),
        "workers_slope_bytes_per_image": round(workers, 1),
        "memory_bytes_at_the_end": growth.driver[-1] + growth.workers[-1],
        "labels": sizes.labels,
        "images_in_a_run": sizes.images_in_a_run,
        "cores": sizes.cores,
    }


def _by_image(growth: Growth, spent: list[float], size: int) -> float:
    """What an image cost while the hub grew from four fifths of the size up to it."""
    runs = [0.8 * size < images <= size for images in growth.images]
    return sum(cost for cost, counts in zip(spent, runs, strict=True) if counts) / (0.2 * size)


def _slope(growth: Growth, memory: list[float], first: int) -> float:
    """Bytes by image, of a line through all runs from the first size on."""
    runs = np.array(growth.images) >= first
    return float(np.polyfit(np.array(growth.images)[runs], np.array(memory)[runs], 1)[0])


def _grow(growing: _Growing, sizes: GrowthSizes) -> Growth:
    growth = Growth()
    for size in sizes.images:
        _verify(growing, growth, int(0.8 * size) - growing.images, sizes.images_in_a_run)
        while growing.images < size:
            images = min(sizes.images_in_a_run, size - growing.images)
            _verify(growing, growth, images, sizes.images_in_a_run)
    return growth


def _verify(growing: _Growing, growth: Growth, images: int, at_once: int) -> None:
    for added in range(0, images, at_once):
        growing.add(min(at_once, images - added))
    hub = growing.hub
    with costing() as cost:
        jobs.execute("verify", hub.settings, hub.spark, hub.database, hub.store)
    growth.seconds.append(cost.wall_seconds)
    growth.cpu_seconds.append(cost.cpu_seconds.total())
    growth.images.append(growing.images)
    growth.driver.append(psutil.Process().memory_info().rss)
    growth.workers.append(workers_bytes())


class _Growing:
    """A hub whose images nobody needs to look at: embeddings around one centre for each label."""

    def __init__(self, hub: Hub, sizes: GrowthSizes) -> None:
        self.hub, self.database = hub, hub.database
        self.images, self.dice = 0, np.random.default_rng(7)
        self.centres = self.dice.normal(size=(sizes.labels, DIMENSIONS))
        with job_run(hub.database, "verify") as run:
            context = SparkJobContext(hub.settings, hub.database, hub.store, run, hub.spark)
            self.version = versions.current(context, choose(hub.settings)).number
        with hub.database.transaction() as cursor:
            # So that no projection is fitted: that would want photos.
            cursor.execute("update verification_versions set projection_kind = 'pca'")
            self.labels = [label(cursor).mid for _ in range(sizes.labels)]
            self.people = [str(account(cursor).id) for _ in range(sizes.contributors)]

    def add(self, images: int) -> None:
        """Land images that the version has looked at."""
        shown = self.dice.integers(len(self.labels), size=images)
        wrong = self.dice.random(images) < WRONG_SHARE
        claimed = np.where(wrong, self.dice.integers(len(self.labels), size=images), shown)
        noise = self.dice.normal(scale=SPREAD, size=(images, DIMENSIONS))
        embeddings = self.centres[shown] + noise
        embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
        digests = [
            hashlib.sha256(str(self.images + number).encode()).digest() for number in range(images)
        ]
        senders = self.dice.integers(len(self.people), size=images)
        with self.database.transaction() as cursor:
            execute_values(cursor, _IMAGE, [(digest.hex()[:16], digest) for digest in digests])
            execute_values(
                cursor,
                _UPLOAD,
                [
                    (
                        str(uuid.uuid4()),
                        self.people[who],
                        self.labels[what],
                        digest,
                        digest.hex()[:16],
                    )
                    for digest, who, what in zip(digests, senders, claimed, strict=True)
                ],
            )
            execute_values(
                cursor,
                _CHECK,
                [
                    (digest.hex()[:16], self.version, json.dumps([round(x, 5) for x in row]))
                    for digest, row in zip(digests, embeddings.tolist(), strict=True)
                ],
            )
        self.images += images


_IMAGE = (
    "insert into images (id, photo_sha256, full_sha256, format, width, height, photo_bytes,"
    " full_bytes, full_crc32, full_width, full_height, fingerprint, derivative_recipe,"
    " first_upload_id) select i.id, i.digest, i.digest, 'JPEG', 640, 480, 90000, 90000, 0,"
    " 640, 480, 0, 1, gen_random_uuid() from (values %s) as i (id, digest)"
)
_UPLOAD = (
    "insert into uploads (id, account_id, claimed_label, photo_sha256, image_id, state,"
    " accepted_at) select u.id::uuid, u.account::uuid, u.label, u.digest, u.image, 'landed', now()"
    " from (values %s) as u (id, account, label, digest, image)"
)
_CHECK = (
    "insert into image_checks (image_id, version, findings, classes, embedding)"
    " select c.image, c.version, '[]', '{}', c.embedding::halfvec"
    " from (values %s) as c (image, version, embedding)"
)


if __name__ == "__main__":
    main()
