"""Clusters of one label in memory: how many, which, and the same every time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spark_jobs.cluster.similarity.kmeans import cluster, fit, silhouette

COUNTS = range(2, 9)
POINTS = arrays(np.float64, st.tuples(st.integers(1, 25), st.just(3)), elements=st.integers(-3, 3))


def heaps(seed: int, count: int, each: int) -> tuple[np.ndarray, np.ndarray]:
    """Points around so many centres far apart, in mixed order, and the heap of each."""
    dice = np.random.default_rng(seed)
    own = dice.permutation(np.repeat(np.arange(count), each))
    centres = 10 * np.eye(max(count, 4))[:count]
    return centres[own] + dice.normal(scale=0.5, size=(count * each, centres.shape[1])), own


@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_heaps_that_lie_apart_are_found_and_counted(count: int) -> None:
    points, own = heaps(count, count, each=9)
    found = cluster(points, COUNTS)
    together = own[:, None] == own[None, :]
    assert np.array_equal(found.clusters[:, None] == found.clusters[None, :], together)


def test_one_point_many_times_is_one_cluster() -> None:
    found = cluster(np.ones((12, 3)), COUNTS)
    assert set(found.clusters) == {0}
    assert found.spread == 0


def test_a_silhouette_is_what_its_definition_gives() -> None:
    """Two pairs on a line, 1 apart within, 9 and 11 to the ends of the other pair."""
    line = np.array([0.0, 1.0, 10.0, 11.0])
    between = np.abs(line[:, None] - line[None, :])
    outer, inner = (10.5 - 1) / 10.5, (9.5 - 1) / 9.5
    expected = (2 * outer + 2 * inner) / 4
    assert silhouette(between, np.array([0, 0, 1, 1])) == pytest.approx(expected)
    assert silhouette(between, np.array([3, 3, 3, 3])) == 0
    assert silhouette(between, np.array([0, 1, 2, 3])) == 0


@given(POINTS)
@settings(max_examples=40, deadline=None)
def test_every_point_has_the_cluster_of_its_nearest_centre_and_equal_ones_the_same(
    points: np.ndarray,
) -> None:
    found = cluster(points, COUNTS)
    again = cluster(points, COUNTS)
    assert np.array_equal(found.clusters, again.clusters)
    assert found.distances.shape == found.clusters.shape == (len(points),)
    assert found.spread == pytest.approx((found.distances**2).sum())
    for point in np.unique(points, axis=0):
        assert len(set(found.clusters[(points == point).all(axis=1)])) == 1


@given(POINTS, st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_more_clusters_never_lie_looser_than_one(points: np.ndarray, count: int) -> None:
    whole = ((points - points.mean(axis=0)) ** 2).sum()
    assert fit(points, count).spread <= whole + 1e-6
