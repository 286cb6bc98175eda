"""The job `verify`: views and uploads -> image_checks, crowd_*, verdicts.

It looks at images, adds claims to the crowd's model and judges them.

Each step writes rows that say the same whoever writes them, or moves the crowd's model in one
fenced transaction, so a run may be killed at any point and run again. What waits under the current
version comes first; a version that is to follow is worked on in the time that is left, and counts
once it knows as much as the current one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from imagehub.catalogue.database import Database
from imagehub.catalogue.verification import (
    arrivals,
    claim_weights,
    crowd_claims,
    crowd_models,
    image_checks,
    review_votes,
)
from imagehub.catalogue.verification.arrivals import ArrivalCursor, Arrivals
from imagehub.catalogue.verification.image_checks import Unchecked, Version
from imagehub.errors import Misconfigured
from imagehub.vision.registry import choose
from spark_jobs.runs import SparkJobContext
from spark_jobs.verify import consensus, versions
from spark_jobs.verify.add_to_model import add_arrivals, reweigh_all, reweigh_judged
from spark_jobs.verify.judge import judge
from spark_jobs.verify.look import IMAGE_SCHEMA, LOOKED_SCHEMA, Looking, image_rows
from spark_jobs.verify.versions import Serving

IMAGES_PER_CORE_AND_STAGE = 512
FEWEST_IMAGES_PER_PART = 8
CANDIDATE_SECONDS = 60.0
"""After so long a run begins nothing more for a version that is to follow: other jobs wait."""
SECOND_LOOK_SECONDS = 3_600.0
"""A photo that could not be read is looked at again after so long."""
ROUNDS = 12
"""When the hub has grown by a quarter, all claims are weighed and judged so many times at most: the
weights of a round are what the verdicts of the one before say."""
SETTLED_CHANGE = 0.002
"""No further round is needed if the last one moved the claims' probabilities by less on average."""


def has_work(database: Database) -> bool:
    """True if images or claims wait, or if a version that is to follow is not complete."""
    with database.transaction() as cursor:
        return arrivals.waits(cursor, SECOND_LOOK_SECONDS)


def run(context: SparkJobContext) -> dict[str, int]:
    """Verify what waits; return how many images were looked at and how many verdicts written."""
    networks = choose(context.settings)
    now = versions.current(context, networks)
    versions.empty_outdated(context)
    serving = versions.serving(context.settings, now)
    done = _keep_up(context, serving) if serving else Done()
    following = versions.candidate(context, networks, now)
    if following is not None:
        prepared = _prepare(context, Serving(context.settings, networks, following))
        done += prepared
        if prepared.is_all and versions.covers(context, following, now):
            versions.switch(context, following)
    elif serving is None:
        raise Misconfigured(versions.missing_networks(now))
    return {"looked": done.looked, "judged": done.judged}


@dataclass(frozen=True, slots=True)
class Done:
    """How many images were looked at and verdicts written; `is_all` if nothing was put off."""

    looked: int = 0
    judged: int = 0
    is_all: bool = True

    def __add__(self, other: Done) -> Done:
        is_all = self.is_all and other.is_all
        return Done(self.looked + other.looked, self.judged + other.judged, is_all)


def _keep_up(context: SparkJobContext, serving: Serving) -> Done:
    """Take in the uploads that wait now and judge after every stage; later ones wait for a run."""
    version = serving.version.number
    done = Done(_look_again(context, serving))
    _mark_reviewed(context, version)
    done += _settle(context, serving)
    with context.database.transaction() as cursor:
        waiting, arrival_cursor = (
            arrivals.count(cursor, version),
            arrivals.position(cursor, version),
        )
    taken = 0
    while taken < waiting and (arrived := _after(context, version, arrival_cursor)).uploads:
        done += Done(_add_to_model(context, serving, arrived))
        done += _settle(context, serving)
        taken, arrival_cursor = taken + arrived.uploads, arrived.end
        context.run.progress(taken, max(waiting, taken))
    return done


def _prepare(context: SparkJobContext, serving: Serving) -> Done:
    """Take in what the version has not seen, for a while; judge once it has seen everything."""
    version, done = serving.version.number, Done()
    deadline = time.monotonic() + CANDIDATE_SECONDS
    with context.database.transaction() as cursor:
        arrival_cursor = arrivals.position(cursor, version)
    while (arrived := _after(context, version, arrival_cursor)).uploads:
        done += Done(_add_to_model(context, serving, arrived))
        arrival_cursor = arrived.end
        context.run.progress(done.looked)
        if time.monotonic() > deadline:
            return done + Done(is_all=False)
    _mark_reviewed(context, version)
    return done + _settle(context, serving, deadline)


def _after(context: SparkJobContext, version: int, arrival_cursor: ArrivalCursor) -> Arrivals:
    cores = context.spark.sparkContext.defaultParallelism
    with context.database.transaction() as cursor:
        return arrivals.after(cursor, version, arrival_cursor, IMAGES_PER_CORE_AND_STAGE * cores)


def _add_to_model(context: SparkJobContext, serving: Serving, arrived: Arrivals) -> int:
    """Look at the images that arrived and add their claims; return how many were looked at."""
    looked = look_at(context, serving, arrived.unchecked)
    add_arrivals(context, serving.version, arrived)
    return looked


def _settle(context: SparkJobContext, serving: Serving, deadline: float = math.inf) -> Done:
    """Judge until no claim waits; weigh every claim anew where the hub has grown by a quarter.

    Past the deadline no further round is begun: the next run goes on with it.
    """
    version, written = serving.version, 0
    while True:
        with context.database.transaction() as cursor:
            state = crowd_models.state(cursor, version.number)
        if state.has_grown:
            reweigh_all(context, version, ROUNDS - 1)
        judged = judge(context, version, serving.networks)
        reweigh_judged(context, version)
        written += judged
        if not judged and not state.has_grown:
            if state.rounds_left == 0 or _is_settled(context, version):
                return Done(judged=written)
            if time.monotonic() > deadline:
                return Done(judged=written, is_all=False)
            reweigh_all(context, version, state.rounds_left - 1)


def _is_settled(context: SparkJobContext, version: Version) -> bool:
    """True, and remembered, if judging every claim once more would change little."""
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        if claim_weights.mean_change(cursor, version.number) > SETTLED_CHANGE:
            return False
        crowd_models.mark_settled(cursor, version.number)
    return True


def _mark_reviewed(context: SparkJobContext, version: int) -> None:
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        consensus.choose_golds(cursor)
        if review_votes.are_waiting(cursor):
            consensus.recount(cursor)
        review_votes.mark_due(cursor, version)


def _look_again(context: SparkJobContext, serving: Serving) -> int:
    """Look again at some photos that could not be read; their claims are judged anew."""
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        images = image_checks.unreadable(
            cursor, serving.version.number, SECOND_LOOK_SECONDS, IMAGES_PER_CORE_AND_STAGE
        )
        crowd_claims.judge_again(
            cursor, serving.version.number, [image.image_id for image in images]
        )
    return look_at(context, serving, images)


def look_at(context: SparkJobContext, serving: Serving, images: Sequence[Unchecked]) -> int:
    """Look at images in one Spark stage; return how many."""
    if not images:
        return 0
    cores = context.spark.sparkContext.defaultParallelism
    parts = max(1, min(cores, len(images) // FEWEST_IMAGES_PER_PART))
    rows = context.spark.sparkContext.parallelize(image_rows(images), parts)
    counted = (
        context.spark.createDataFrame(rows, IMAGE_SCHEMA)
        .mapInPandas(Looking(serving.settings, serving.version), LOOKED_SCHEMA)
        .collect()
    )
    return sum(row.looked for row in counted)
