"""What happens on the executors of a training run: in order, and told in one line if it fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from imagehub.errors import Refused, Unavailable
from training.session import ExecutorPool


@pytest.fixture
def cluster(spark: SparkSession, tmp_path: Path) -> ExecutorPool:
    return ExecutorPool(spark, executors=1, cores=2, here=False, notes=tmp_path)


def test_what_executors_give_stands_in_the_order_of_the_items(cluster: ExecutorPool) -> None:
    assert cluster.each(lambda number: number * 2, [3, 1, 2]) == [6, 2, 4]


def test_what_an_executor_refuses_is_refused_with_its_sentence(cluster: ExecutorPool) -> None:
    def refuse(_: int) -> None:
        raise Refused("release_damaged", "The shard is damaged.")

    with pytest.raises(Refused, match=r"^The shard is damaged\.$"):
        cluster.each(refuse, [1])


def test_an_executor_whose_python_dies_is_worth_another_attempt(cluster: ExecutorPool) -> None:
    with pytest.raises(Unavailable, match=r"^An executor failed: .*crashed"):
        cluster.each(lambda _: os._exit(1), [1])


def test_what_breaks_on_an_executor_is_named(cluster: ExecutorPool) -> None:
    with pytest.raises(Unavailable, match=r"^An executor failed: ZeroDivisionError: "):
        cluster.each(lambda number: 1 // number, [0])
