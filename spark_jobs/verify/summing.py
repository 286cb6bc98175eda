"""Sum up the crowd's model from scratch, in executors."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from imagehub.catalogue.verification import claim_weights, crowd_models
from imagehub.catalogue.verification.claim_weights import ReweighedClaims
from imagehub.catalogue.verification.image_checks import Version
from imagehub.settings import Settings
from imagehub.vocabulary import EMBEDDING_DIMENSIONS
from spark_jobs.frames import executor_database, range_frame
from spark_jobs.runs import SparkJobContext
from spark_jobs.verify.agreement.crowd import CrowdStatistics
from spark_jobs.verify.agreement.record import QUIETNESS

STATISTICS_SCHEMA = "statistics binary"
CLAIMS_AT_ONCE = 1_000


@dataclass(frozen=True)
class Summing:
    """What an executor needs in order to sum up claims with the weights that they shall have."""

    settings: Settings
    version: int

    def __call__(self, batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Give the statistics of all ranges of image ids of the partition, as one row."""
        database = executor_database(self.settings)
        summed: CrowdStatistics | None = None
        for batch in batches:
            for ids in batch.itertuples(index=False, name=None):
                with database.transaction() as cursor:
                    weighed = claim_weights.read_reweighed(cursor, self.version, ids, QUIETNESS)
                if weighed:
                    found = _sum(weighed)
                    summed = CrowdStatistics.merged([summed, found]) if summed else found
        if summed is not None:
            yield pd.DataFrame({"statistics": [_to_bytes(summed)]})


def sum_anew(context: SparkJobContext, version: Version) -> CrowdStatistics:
    """Sums over all claims of the version that count, weighed by their verdicts."""
    spark = context.spark
    with context.database.transaction() as cursor:
        photos = crowd_models.state(cursor, version.number).photos
    cores = spark.sparkContext.defaultParallelism
    ranges = range_frame(spark, max(cores, photos // CLAIMS_AT_ONCE)).coalesce(cores)
    rows = ranges.mapInPandas(
        Summing(context.settings, version.number), STATISTICS_SCHEMA
    ).collect()
    return CrowdStatistics.merged(
        [_nothing(), *(_from_bytes(bytes(row.statistics)) for row in rows)]
    )


def _sum(weighed: Sequence[ReweighedClaims]) -> CrowdStatistics:
    return CrowdStatistics.of(
        np.concatenate([claims.embeddings for claims in weighed]),
        [claims.label for claims in weighed for _ in claims.sample_weights],
        np.concatenate([claims.sample_weights for claims in weighed]),
    )


def _nothing() -> CrowdStatistics:
    side = EMBEDDING_DIMENSIONS
    return CrowdStatistics((), np.zeros(0), np.zeros((0, side)), np.zeros((side, side)))


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
