"""k-means within each label, with Spark ML, on the embeddings of its verified images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from pyspark.ml.clustering import KMeans
from pyspark.ml.functions import array_to_vector

from imagehub.catalogue import clusters
from imagehub.catalogue.clusters import Cluster, Embedded, LabelContents
from imagehub.catalogue.database import Cursor
from spark_jobs.frames import IdRange, read_ranges
from spark_jobs.runs import JobContext

SEED = 20260501
ROUNDS = 10
LEAST_IMAGES = 8
"""Fewer images than this make one cluster."""

MOST_CLUSTERS = 24
FITS_AT_ONCE = 4
"""Small labels leave Spark idle between steps, so several are fitted side by side."""

IMAGES_PER_PART = 20_000


def renew(context: JobContext) -> int:
    """Cluster anew the labels whose verified images changed; return how many they were."""
    with context.database.transaction() as cursor:
        changed = clusters.changed_labels(cursor)
    with ThreadPoolExecutor(FITS_AT_ONCE) as pool:
        made = pool.map(partial(_clusters_of, context), changed)
        for done, (label, found) in enumerate(zip(changed, made, strict=True), start=1):
            with context.database.transaction() as cursor:
                context.run.assert_current(cursor)
                clusters.replace_clusters(cursor, label, found, context.run.id)
            context.run.progress(done, len(changed))
    return len(changed)


def cluster_count(images: int) -> int:
    """How many clusters a label of so many images gets: about the root of half of them."""
    if images < LEAST_IMAGES:
        return min(images, 1)
    return min(MOST_CLUSTERS, max(2, round(math.sqrt(images / 2))))


def _clusters_of(context: JobContext, label: LabelContents) -> list[Cluster]:
    wanted = cluster_count(label.images)
    if wanted == 0:
        return []
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
        if wanted == 1:
            rows = [(row.image_id, 0, row.features.toArray()) for row in frame.collect()]
            centres = [np.mean([row[2] for row in rows], axis=0)]
        else:
            model = _kmeans(wanted).fit(frame)
            centres = model.clusterCenters()
            rows = [
                (row.image_id, row.prediction, row.features.toArray())
                for row in model.transform(frame).collect()
            ]
    finally:
        frame.unpersist()
    return _sorted_clusters(rows, centres)


def _kmeans(wanted: int) -> KMeans:
    """Of equal points it begins with fewer centres; only the solver by rows bears that."""
    return KMeans(k=wanted, seed=SEED, maxIter=ROUNDS, initMode="random", solver="row")


def _sorted_clusters(
    rows: Sequence[tuple[str, int, np.ndarray]], centres: Sequence[np.ndarray]
) -> list[Cluster]:
    """Gather members by cluster; the largest cluster first, in it the nearest member first."""
    members: dict[int, list[tuple[str, float]]] = {}
    for image_id, number, features in rows:
        distance = float(np.linalg.norm(features - centres[number]))
        members.setdefault(number, []).append((image_id, round(distance, 6)))
    ordered = [
        sorted(found, key=lambda member: (member[1], member[0])) for found in members.values()
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
