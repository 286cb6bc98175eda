"""Judge the claims that wait, label by label, in executors."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from imagehub.catalogue import job_runs, verdicts
from imagehub.catalogue.verdicts import Claim, DueLabel
from imagehub.catalogue.verification import EMBEDDING_DIMENSIONS, Version
from imagehub.errors import Conflict
from imagehub.settings import Settings
from imagehub.vision import class_map
from imagehub.vision.registry import Networks
from spark_jobs.agreement.crowd import CrowdStatistics
from spark_jobs.agreement.graph import LabelGraph
from spark_jobs.agreement.network import ClassNetwork
from spark_jobs.agreement.panel import Panel, SeenPhoto, fit_crowd, measure_temperature
from spark_jobs.checks.all_checks import REJECTED
from spark_jobs.frames import AFTER_EVERY_ID, executor_database, range_frame
from spark_jobs.runs import JobContext
from spark_jobs.verification.look import UNREADABLE

DUE_SCHEMA = "label string, due long, crowd_size long, hub_size long"
JUDGED_SCHEMA = "judged long"
STATISTICS_SCHEMA = "statistics binary"

SAMPLED_CLAIMS = 500
CLAIMS_PER_PART = 50_000


@dataclass(frozen=True)
class Summing:
    """What an executor needs in order to sum up the crowd of a version."""

    settings: Settings
    version: int

    def __call__(self, batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Give the statistics of each range of image ids."""
        database = executor_database(self.settings)
        for batch in batches:
            for ids in batch.itertuples(index=False, name=None):
                with database.transaction() as cursor:
                    claims = verdicts.counted_claims(cursor, self.version, ids)
                if claims.labels:
                    found = CrowdStatistics.of(claims.embeddings, claims.labels)
                    yield pd.DataFrame({"statistics": [_to_bytes(found)]})


@dataclass(frozen=True)
class Judging:
    """What an executor needs in order to judge claims: the panel comes as a Spark broadcast."""

    settings: Settings
    version: int
    run: tuple[str, int, int]
    panel: Any

    def __call__(self, batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Write the verdicts of each label in one transaction, and tell how many there were.

        Raises Conflict if a newer run has begun: then this one must change nothing more.
        """
        database = executor_database(self.settings)
        job, epoch, run_id = self.run
        for batch in batches:
            for row in batch.itertuples(index=False, name=None):
                due = DueLabel(*row)
                with database.transaction() as cursor:
                    claims = verdicts.claims_of(cursor, self.version, due)
                judged = judge_label(self.panel.value, due.label, claims)
                with database.transaction() as cursor:
                    if job_runs.hold_epoch(cursor, job) != epoch:
                        raise Conflict(f"A newer run of {job} has begun.")
                    verdicts.store_verdicts(cursor, self.version, due, judged, run_id)
                yield pd.DataFrame({"judged": [len(judged)]})


def judge(context: JobContext, version: Version, networks: Networks) -> int:
    """Judge all claims that wait for a verdict of the version; return how many there were."""
    with context.database.transaction() as cursor:
        due = verdicts.due_labels(cursor, version.number)
    if not due:
        return 0
    spark = context.spark
    rows = [(one.label, one.due, one.crowd_size, one.hub_size) for one in due]
    parts = min(len(rows), spark.sparkContext.defaultParallelism)
    panel = spark.sparkContext.broadcast(_panel(context, version, networks, due[0].hub_size))
    run = (context.run.job, context.run.epoch, context.run.id)
    judged = (
        # Dealt out in turn, so that the largest labels do not meet in one part.
        spark.createDataFrame(
            spark.sparkContext.parallelize(
                [row for part in range(parts) for row in rows[part::parts]], parts
            ),
            DUE_SCHEMA,
        )
        .mapInPandas(Judging(context.settings, version.number, run, panel), JUDGED_SCHEMA)
        .collect()
    )
    panel.destroy()
    return sum(row.judged for row in judged)


def judge_label(panel: Panel, label: str, claims: list[Claim]) -> list[tuple[str, Any]]:
    """Verdicts, by image id, on those claims of one label that are due."""
    counting = [claim.embedding for claim in claims if label in claim.counts_for]
    fellows = np.stack(counting) if counting else np.empty((0, EMBEDDING_DIMENSIONS))
    due = [claim for claim in claims if claim.is_due]
    photos = [
        SeenPhoto(claim.findings, claim.classes, claim.embedding, claim.counts_for) for claim in due
    ]
    found = panel.judge(label, fellows, photos)
    return [(claim.image_id, verdict) for claim, verdict in zip(due, found, strict=True)]


def _panel(context: JobContext, version: Version, networks: Networks, hub_size: int) -> Panel:
    with context.database.transaction() as cursor:
        sample = verdicts.counted_claims(
            cursor, version.number, ("", AFTER_EVERY_ID), SAMPLED_CLAIMS
        )
        graph = LabelGraph(verdicts.label_names(cursor), verdicts.label_ancestors(cursor))
    crowd = fit_crowd(_statistics(context, version, hub_size))
    network = None
    if networks.classes is not None:
        known = networks.classes.network
        meaning = class_map.load(str(known.class_map), known.outputs)
        graph = graph.extended(meaning.is_a)
        network = ClassNetwork.of(graph, frozenset(filter(None, meaning.mids)))
    temperature = measure_temperature(crowd, sample.labels, sample.embeddings)
    return Panel(crowd, temperature, network, graph, REJECTED, UNREADABLE)


def _statistics(context: JobContext, version: Version, hub_size: int) -> CrowdStatistics | None:
    spark = context.spark
    parts = max(spark.sparkContext.defaultParallelism, hub_size // CLAIMS_PER_PART)
    rows = (
        range_frame(spark, parts)
        .mapInPandas(Summing(context.settings, version.number), STATISTICS_SCHEMA)
        .toLocalIterator()
    )
    found = [_from_bytes(bytes(row.statistics)) for row in rows]
    return CrowdStatistics.merged(found) if found else None


def _to_bytes(statistics: CrowdStatistics) -> bytes:
    file = io.BytesIO()
    np.savez(
        file,
        labels=np.asarray(statistics.labels, dtype=str),
        counts=statistics.counts,
        sums=statistics.sums,
        gram=statistics.gram,
    )
    return file.getvalue()


def _from_bytes(data: bytes) -> CrowdStatistics:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        labels = tuple(map(str, arrays["labels"]))
        return CrowdStatistics(labels, arrays["counts"], arrays["sums"], arrays["gram"])
