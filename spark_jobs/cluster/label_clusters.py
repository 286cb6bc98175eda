"""k-means within each label on the embeddings of its verified images.

A label of up to SMALL_IMAGES is clustered in memory, one Spark task for several of them, with as
many clusters as fit best. A larger one is clustered by Spark ML, in as many as fit a sample best.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from pyspark.ml.clustering import KMeans
from pyspark.ml.functions import array_to_vector

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.duplicates import clusters
from imagehub.catalogue.duplicates.clusters import Cluster, Embedded, LabelContents
from imagehub.catalogue.uploads import removals
from imagehub.errors import Unavailable
from imagehub.settings import Settings
from spark_jobs.apart import whole_or_apart
from spark_jobs.cluster.similarity import kmeans
from spark_jobs.frames import (
    IdRange,
    batched,
    executor_database,
    id_ranges,
    read_ranges,
    spread,
)
from spark_jobs.runs import SparkJobContext

SEED = 20260501
ROUNDS = 10
LEAST_IMAGES = 8
"""Fewer images than this make one cluster."""

COUNTS = range(2, 9)
"""The numbers of clusters that are tried: a person can take in no more at a glance."""

SMALL_IMAGES = 500
LABELS_A_TASK = 8
LABELS_AT_ONCE = 400
IMAGES_PER_PART = 20_000

log = logging.getLogger(__name__)

Member = tuple[str, int, float]
"""An image, the number of its cluster, and its distance to the centre."""


def renew(context: SparkJobContext) -> int:
    """Cluster anew the labels whose verified images changed; return how many they were."""
    with context.database.transaction() as cursor:
        changed = clusters.changed_labels(cursor)
    small = [label for label in changed if label.images <= SMALL_IMAGES]
    done = 0
    for some in batched(small, LABELS_AT_ONCE):
        for label, members in _of_small(context, some):
            done += _publish(context, label, members)
        context.run.progress(done, len(changed))
    for label in changed:
        if label.images > SMALL_IMAGES:
            done += _publish(context, label, _of_large(context, label))
            context.run.progress(done, len(changed))
    return len(changed)


def _publish(context: SparkJobContext, label: LabelContents, members: Iterable[Member]) -> int:
    members = list(members)
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        if not removals.hold_images(cursor, [image_id for image_id, _, _ in members]):
            raise Unavailable("A photo was withdrawn meanwhile: the next run clusters anew.")
        clusters.replace_clusters(cursor, label, _sorted_clusters(members), context.run.id)
    return 1


def _of_small(
    context: SparkJobContext, labels: Sequence[LabelContents]
) -> list[tuple[LabelContents, list[Member]]]:
    cluster_some = partial(_cluster_labels, context.settings)
    found = spread(context.spark, labels, LABELS_A_TASK).mapPartitions(cluster_some).collect()
    return list(found)


def _cluster_labels(
    settings: Settings, labels: Iterable[LabelContents]
) -> Iterator[tuple[LabelContents, list[Member]]]:
    """Cluster labels in an executor; one that fails keeps the clusters that it had."""
    database = executor_database(settings)
    everything = id_ranges(1)[0]

    def clustered(label: LabelContents) -> list[Member]:
        with database.transaction() as cursor:
            rows = _read(label.label, label.version, cursor, everything)
        return _in_memory(rows)

    def together(some: Sequence[LabelContents]) -> list[list[Member] | None]:
        return [clustered(label) for label in some]

    def given_up(label: LabelContents) -> None:
        log.error("the label %s cannot be clustered", label.label)

    given = list(labels)
    for label, members in zip(given, whole_or_apart(given, together, given_up), strict=True):
        if members is not None:
            yield label, members


def _in_memory(rows: Sequence[tuple[str, list[float]]]) -> list[Member]:
    """Cluster a label's (image id, embedding) rows; few of them are one cluster."""
    if not rows:
        return []
    points = np.array([features for _, features in rows])
    found = kmeans.cluster(points, COUNTS if len(rows) >= LEAST_IMAGES else [])
    return [
        (image_id, int(number), float(distance))
        for (image_id, _), number, distance in zip(
            rows, found.clusters, found.distances, strict=True
        )
    ]


def _of_large(context: SparkJobContext, label: LabelContents) -> list[Member]:
    frame = (
        read_ranges(
            context.spark,
            context.settings,
            partial(_read, label.label, label.version),
            "image_id string, features array<double>",
            parts=-(-label.images // IMAGES_PER_PART),
        )
        .withColumn("features", array_to_vector("features"))
        .persist()
    )
    try:
        model = _kmeans(_count_by_sample(context, label)).fit(frame)
        placed = model.transform(frame).select("image_id", "prediction", "features")
        # Only numbers come to the driver: a large label's embeddings would not fit there.
        return list(placed.rdd.map(partial(_member, model.clusterCenters())).collect())
    finally:
        frame.unpersist()


def _member(centres: Sequence[npt.NDArray[np.float64]], row: Any) -> Member:
    distance = np.linalg.norm(row.features.toArray() - centres[row.prediction])
    return row.image_id, row.prediction, float(distance)


def _count_by_sample(context: SparkJobContext, label: LabelContents) -> int:
    """How many clusters fit best the images of the first ids: ids are digests, so they are any."""
    first = id_ranges(-(-label.images // SMALL_IMAGES))[0]
    with context.database.transaction() as cursor:
        rows = _read(label.label, label.version, cursor, first)
    return max(2, len({number for _, number, _ in _in_memory(rows)}))


def _kmeans(count: int) -> KMeans:
    """Of equal points it begins with fewer centres; only the solver by rows bears that."""
    return KMeans(k=count, seed=SEED, maxIter=ROUNDS, initMode="random", solver="row")


def _sorted_clusters(members: Iterable[Member]) -> list[Cluster]:
    """Gather members by cluster; the largest cluster first, in it the nearest member first."""
    gathered: dict[int, list[tuple[str, float]]] = {}
    for image_id, number, distance in members:
        gathered.setdefault(number, []).append((image_id, round(distance, 6)))
    ordered = [
        sorted(found, key=lambda member: (member[1], member[0])) for found in gathered.values()
    ]
    ordered.sort(key=lambda found: (-len(found), found[0][0]))
    return [Cluster(tuple(found)) for found in ordered]


def _read(
    label: str, version: int, cursor: Cursor, ids: IdRange
) -> Sequence[tuple[str, list[float]]]:
    found = clusters.embeddings_of(cursor, label, version, (ids.first, ids.stop))
    return [(image.image_id, _unit(image)) for image in found]


def _unit(image: Embedded) -> list[float]:
    """The embedding at length 1, so that near means alike in direction."""
    unit: list[float] = (
        image.embedding / max(float(np.linalg.norm(image.embedding)), 1e-9)
    ).tolist()
    return unit
