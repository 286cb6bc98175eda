"""Which verification version is wanted, and how one follows another.

A version is a set of networks, thresholds and a projection. It counts only once every image and
claim has been judged under it, so a change of network never leaves the portal without verdicts.
The version before it is kept until another follows, and an operator can go back to it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np

from imagehub.catalogue.verification import crowd_models, image_checks, verdicts
from imagehub.catalogue.verification import versions as catalogue
from imagehub.catalogue.verification.image_checks import Version
from imagehub.settings import Settings
from imagehub.vision.embedder import pin
from imagehub.vision.projection import Moments, Projection, fit, random_projection
from imagehub.vision.registry import Networks, choose
from spark_jobs.runs import SparkJobContext
from spark_jobs.verify.look import IMAGE_SCHEMA, MOMENTS_SCHEMA, Measuring, image_rows
from spark_jobs.verify.thresholds import thresholds

FITTED_FROM_IMAGES = 512
FITTED_ON_AT_MOST = 20_000
RANDOM, PCA = "random", "pca"


@dataclass(frozen=True, slots=True)
class Serving:
    """A version, its networks on this machine, and settings that choose them in executors too."""

    settings: Settings
    networks: Networks
    version: Version


def current(context: SparkJobContext, networks: Networks) -> Version:
    """The version that counts, with a crowd's model; a fresh hub's first one counts at once."""
    with context.database.transaction() as cursor:
        found = catalogue.current_version(cursor)
        if found is not None:
            crowd_models.begin(cursor, found.number)
            return found
        first = _draft(networks, None)
        number = catalogue.begin_version(cursor, first)
        catalogue.make_current(cursor, number)
        return replace(first, number=number, is_current=True)


def serving(settings: Settings, version: Version) -> Serving | None:
    """The version's networks by name, whatever else is present; None if this machine lacks them."""
    pinned = pin(settings, version.networks)
    return Serving(pinned, choose(pinned), version) if pinned else None


def missing_networks(version: Version) -> str:
    """Say to an operator that nothing can be verified."""
    names = " and ".join(sorted(str(network["name"]) for network in version.networks.values()))
    return (
        f"Version {version.number} of verification looks with {names}, which this machine lacks or"
        " has otherwise. Put the files back into IMAGEHUB_MODELS, or make another version current:"
        " python -m spark_jobs versions roll-forward."
    )


def candidate(context: SparkJobContext, networks: Networks, now: Version) -> Version | None:
    """The version that is to follow: one under way, a new one, or None if `now` is as wanted.

    None as well if what is wanted was withdrawn by an operator.
    """
    with context.database.transaction() as cursor:
        under_way = catalogue.candidate_version(cursor)
        images = image_checks.count_images(cursor)
        withdrawn = [
            version
            for version in catalogue.withdrawn_versions(cursor)
            if version.number > now.number and _is_wanted(version, networks)
        ]
        if under_way is not None and (withdrawn or not _is_wanted(under_way, networks)):
            context.run.assert_current(cursor)
            catalogue.abandon_version(cursor, under_way.number)
            under_way = None
    if under_way is not None:
        return under_way
    is_grown = now.projection_kind == RANDOM and images >= FITTED_FROM_IMAGES
    if withdrawn or (_is_wanted(now, networks) and not is_grown):
        return None
    moments = _measure(context, networks) if images >= FITTED_FROM_IMAGES else None
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        catalogue.begin_version(cursor, _draft(networks, moments))
        return catalogue.candidate_version(cursor)


def covers(context: SparkJobContext, version: Version, now: Version) -> bool:
    """True if the version has a verdict wherever the current one has."""
    with context.database.transaction() as cursor:
        return verdicts.covers(cursor, version.number, now.number)


def switch(context: SparkJobContext, version: Version) -> None:
    """Let the version count from now on, in one transaction; then drop what older ones saw."""
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        catalogue.make_current(cursor, version.number)
    empty_outdated(context)


def empty_outdated(context: SparkJobContext) -> None:
    """Delete what versions saw and said that the hub does not go back to."""
    with context.database.transaction() as cursor:
        outdated = catalogue.outdated(cursor)
    while outdated:
        with context.database.transaction() as cursor:
            context.run.assert_current(cursor)
            if catalogue.empty_some(cursor, outdated) == 0:
                catalogue.mark_emptied(cursor, outdated)
                return


def _is_wanted(version: Version, networks: Networks) -> bool:
    # Through JSON, as the catalogue keeps them.
    current_thresholds = json.loads(json.dumps(thresholds()))
    return version.networks == networks.describe() and version.thresholds == current_thresholds


def _draft(networks: Networks, moments: Moments | None) -> Version:
    projection: Projection
    if moments is None:
        projection = random_projection(networks.embedding.network.outputs)
    else:
        projection = fit(moments)
    return Version(
        number=0,
        networks=networks.describe(),
        projection=projection.to_bytes(),
        projection_kind=RANDOM if moments is None else PCA,
        fitted_on=moments.photos if moments else 0,
        thresholds=thresholds(),
        is_current=False,
    )


def _measure(context: SparkJobContext, networks: Networks) -> Moments | None:
    with context.database.transaction() as cursor:
        images = image_checks.sample(cursor, FITTED_ON_AT_MOST)
    spark = context.spark
    parts = spark.sparkContext.defaultParallelism
    rows = spark.sparkContext.parallelize(image_rows(images), parts)
    measured = (
        spark.createDataFrame(rows, IMAGE_SCHEMA)
        .mapInPandas(Measuring(context.settings, networks), MOMENTS_SCHEMA)
        .toLocalIterator()
    )
    summed: Moments | None = None
    for row in measured:
        total = np.frombuffer(bytes(row.total))
        moments = Moments(
            row.photos, total, np.frombuffer(bytes(row.gram)).reshape(len(total), len(total))
        )
        summed = moments if summed is None else summed + moments
    return summed
