"""Look at images and judge claims: views and uploads -> image_checks and verdicts.

Each step writes whole rows that say the same whoever writes them, so a run may be killed at any
point and run again. What waits under the current version comes first; a version that is to follow
is worked on in the time that is left, and counts once it knows as much as the current one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from imagehub.catalogue import verdicts, verification
from imagehub.catalogue.database import Database
from imagehub.catalogue.verification import Version
from imagehub.vision.registry import Networks, choose
from spark_jobs.runs import JobContext
from spark_jobs.verification import versions
from spark_jobs.verification.judge import judge
from spark_jobs.verification.look import IMAGE_SCHEMA, LOOKED_SCHEMA, Looking, image_rows

IMAGES_PER_CORE_AND_STAGE = 512
FEWEST_IMAGES_PER_PART = 8
CANDIDATE_SECONDS = 60.0
"""So long may a run work on a version that is to follow before it lets other jobs run."""


def has_work(database: Database) -> bool:
    """True if images or claims wait, or if a version that is to follow is not complete."""
    with database.transaction() as cursor:
        return verdicts.has_work(cursor)


def run(context: JobContext) -> dict[str, int]:
    """Verify what waits; return how many images were looked at and how many claims judged."""
    networks = choose(context.settings)
    now = versions.current(context, networks)
    done = Done()
    if versions.is_served_by(now, networks):
        done += _keep_up(context, now, networks)
    following = versions.candidate(context, networks, now)
    if following is not None:
        done += _prepare(context, following, networks)
        if versions.covers(context, following, now):
            versions.switch(context, following)
            now = following
    with context.database.transaction() as cursor:
        outcomes = verdicts.outcomes(cursor, now.number)
    return {"looked": done.looked, "judged": done.judged, **outcomes}


@dataclass(frozen=True, slots=True)
class Done:
    """How many images were looked at, and how many claims judged."""

    looked: int = 0
    judged: int = 0

    def __add__(self, other: Done) -> Done:
        return Done(self.looked + other.looked, self.judged + other.judged)


def _keep_up(context: JobContext, version: Version, networks: Networks) -> Done:
    """Look at the images that wait now and judge after every stage; later ones wait for a run."""
    with context.database.transaction() as cursor:
        waiting = verification.count_unchecked(cursor, version.number)
    done = Done(judged=judge(context, version, networks))
    while done.looked < waiting and (looked := look_at_some(context, version)):
        done += Done(looked, judge(context, version, networks))
        context.run.progress(done.looked, max(waiting, done.looked))
    return done


def _prepare(context: JobContext, version: Version, networks: Networks) -> Done:
    """Look at what the version has not seen, for a while; judge once it has seen everything."""
    deadline = time.monotonic() + CANDIDATE_SECONDS
    done = Done()
    while looked := look_at_some(context, version):
        done += Done(looked)
        context.run.progress(done.looked)
        if time.monotonic() > deadline:
            return done
    return done + Done(judged=judge(context, version, networks))


def look_at_some(context: JobContext, version: Version) -> int:
    """Look at some of the images that wait, in one Spark stage; return how many."""
    cores = context.spark.sparkContext.defaultParallelism
    with context.database.transaction() as cursor:
        images = verification.unchecked(cursor, version.number, IMAGES_PER_CORE_AND_STAGE * cores)
    if not images:
        return 0
    parts = max(1, min(cores, len(images) // FEWEST_IMAGES_PER_PART))
    rows = context.spark.sparkContext.parallelize(image_rows(images), parts)
    counted = (
        context.spark.createDataFrame(rows, IMAGE_SCHEMA)
        .mapInPandas(Looking(context.settings, version), LOOKED_SCHEMA)
        .collect()
    )
    return sum(row.looked for row in counted)
