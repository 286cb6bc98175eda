"""Catalogue rows as Spark frames, without a JDBC driver.

Image ids are the first digits of a SHA-256, so equal ranges of ids hold equally many images. Each
partition reads its own range through `imagehub.catalogue`, in the executor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

import pandas as pd
from pyspark.sql import DataFrame, SparkSession

from imagehub.catalogue.database import Cursor, Database
from imagehub.hub import open_catalogue, open_store
from imagehub.settings import Settings
from imagehub.storage.protocol import ObjectStore

ID_DIGITS = 16
AFTER_EVERY_ID = "g"
"""Sorts behind every hexadecimal id."""

EXECUTOR_STATEMENT_TIMEOUT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class IdRange:
    """The image ids from `first` on, up to but without `stop`."""

    first: str
    stop: str


ReadRange = Callable[[Cursor, IdRange], Sequence[tuple[Any, ...]]]


def id_ranges(parts: int) -> list[IdRange]:
    """Cut all possible image ids into equal ranges that touch and do not overlap."""
    whole = 16**ID_DIGITS
    cuts = [f"{whole * part // parts:0{ID_DIGITS}x}" for part in range(parts)]
    return [
        IdRange(first, stop) for first, stop in zip(cuts, [*cuts[1:], AFTER_EVERY_ID], strict=True)
    ]


def range_frame(spark: SparkSession, parts: int) -> DataFrame:
    """Frame of columns `first` and `stop`: one range of ids in each of `parts` partitions."""
    rows = [(piece.first, piece.stop) for piece in id_ranges(parts)]
    return spark.createDataFrame(
        spark.sparkContext.parallelize(rows, numSlices=parts), "first string, stop string"
    )


def read_ranges(
    spark: SparkSession, settings: Settings, read: ReadRange, schema: str, parts: int
) -> DataFrame:
    """Frame of the rows that `read` returns, each partition reading its own range of image ids.

    `read` is a module-level function; its rows are tuples in the order of `schema`.
    """
    columns = [column.split()[0] for column in schema.split(", ")]

    def read_partition(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        database = executor_database(settings)
        for batch in batches:
            for first, stop in zip(batch["first"], batch["stop"], strict=True):
                with database.transaction() as cursor:
                    rows = [tuple(row) for row in read(cursor, IdRange(first, stop))]
                yield pd.DataFrame(rows, columns=columns)

    return range_frame(spark, parts).mapInPandas(read_partition, schema)


def spread(spark: SparkSession, rows: Sequence[Any], rows_a_task: int) -> Any:
    """An RDD of the rows: a task has no more than so many, and no core is idle."""
    context = spark.sparkContext
    parts = max(-(-len(rows) // rows_a_task), context.defaultParallelism)
    return context.parallelize(rows, numSlices=max(1, min(parts, len(rows))))


@lru_cache(maxsize=4)
def executor_database(settings: Settings) -> Database:
    """The catalogue, opened once in each Python worker."""
    return Database(open_catalogue(settings).url, EXECUTOR_STATEMENT_TIMEOUT_SECONDS)


@lru_cache(maxsize=4)
def executor_store(settings: Settings) -> ObjectStore:
    """The object store, opened once in each Python worker."""
    return open_store(settings)


def batched(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Cut rows into lists of `size`; the last one may be shorter."""
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch
