"""Sum up the crowd's model from scratch, in executors."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from imagehub.catalogue import crowd_claims, crowd_models
from imagehub.catalogue.verification import EMBEDDING_DIMENSIONS, Version
from imagehub.settings import Settings
from spark_jobs.agreement.crowd import CrowdStatistics
from spark_jobs.frames import executor_database, range_frame
from spark_jobs.runs import JobContext

STATISTICS_SCHEMA = "statistics binary"
CLAIMS_PER_PART = 20_000


@dataclass(frozen=True)
class Summing:
    """What an executor needs in order to sum up claims with the weights that they shall have."""

    settings: Settings
    version: int

    def __call__(self, batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Give the statistics of each range of image ids."""
        database = executor_database(self.settings)
        for batch in batches:
            for ids in batch.itertuples(index=False, name=None):
                with database.transaction() as cursor:
                    weighed = crowd_claims.weighed_anew(cursor, self.version, ids)
                if weighed:
                    labels = [one.label for one in weighed for _ in one.weights]
                    found = CrowdStatistics.of(
                        np.concatenate([one.embeddings for one in weighed]),
                        labels,
                        np.concatenate([one.weights for one in weighed]),
                    )
                    yield pd.DataFrame({"statistics": [_to_bytes(found)]})


def sum_anew(context: JobContext, version: Version) -> CrowdStatistics:
    """Sums over all claims of the version that count, weighed by their verdicts."""
    spark = context.spark
    with context.database.transaction() as cursor:
        photos = crowd_models.state(cursor, version.number).photos
    parts = max(spark.sparkContext.defaultParallelism, photos // CLAIMS_PER_PART)
    rows = (
        range_frame(spark, parts)
        .mapInPandas(Summing(context.settings, version.number), STATISTICS_SCHEMA)
        .toLocalIterator()
    )
    total = _nothing()
    for row in rows:
        total = CrowdStatistics.merged([total, _from_bytes(bytes(row.statistics))])
    return total


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
