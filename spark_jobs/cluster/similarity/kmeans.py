"""k-means of one label's embeddings in memory, with the number of clusters that fits them best.

Begins as k-means++ (Arthur and Vassilvitskii 2007), goes on as Lloyd (1982), best of several
starts; the number of clusters is the one of the largest mean silhouette (Rousseeuw 1987).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float64s = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]

SEED = 20260501
STARTS = 8
ROUNDS = 30


@dataclass(frozen=True, eq=False)
class Clustering:
    """The cluster of each point, the distance to its centre, and the sum of their squares."""

    clusters: Whole
    distances: Float64s
    spread: float


def cluster(points: Float64s, counts: Sequence[int]) -> Clustering:
    """Cluster n x d points: of the numbers in `counts`, the one with the largest silhouette.

    The same points in the same order give the same clusters. Equal points stay together, so there
    may be fewer; numbers that are not below the number of different points are left out.
    """
    different = len(np.unique(points, axis=0))
    tried = [fit(points, count) for count in counts if count < different]
    if not tried:
        return fit(points, 1)
    between = np.sqrt(_squares(points, points))
    return max(tried, key=lambda found: silhouette(between, found.clusters))


def fit(points: Float64s, count: int) -> Clustering:
    """k-means with `count` clusters; the best of STARTS starts."""
    dice = np.random.default_rng(SEED)
    return min((_one(points, count, dice) for _ in range(STARTS)), key=lambda found: found.spread)


def silhouette(between: Float64s, clusters: Whole) -> float:
    """The mean silhouette, from n x n distances; a point alone in its cluster counts 0."""
    names = np.unique(clusters)
    if len(names) < 2:
        return 0.0
    members = (clusters[:, None] == names[None, :]).astype(float)
    sizes = members.sum(axis=0)
    sums = between @ members
    own = np.searchsorted(names, clusters)
    rows = np.arange(len(clusters))
    inside = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    outside = means.min(axis=1)
    scores = (outside - inside) / np.maximum(np.maximum(inside, outside), 1e-12)
    return float(np.where(sizes[own] > 1, scores, 0.0).mean())


def _one(points: Float64s, count: int, dice: np.random.Generator) -> Clustering:
    centres = _begin(points, count, dice)
    for _ in range(ROUNDS):
        clusters = _squares(points, centres).argmin(axis=1)
        clusters_left = np.unique(clusters)
        moved = np.stack([points[clusters == number].mean(axis=0) for number in clusters_left])
        if moved.shape == centres.shape and np.allclose(moved, centres):
            break
        centres = moved
    squares = _squares(points, centres)
    clusters = squares.argmin(axis=1)
    nearest = squares.min(axis=1)
    return Clustering(clusters, np.sqrt(nearest), float(nearest.sum()))


def _begin(points: Float64s, count: int, dice: np.random.Generator) -> Float64s:
    """Centres far apart: each next one is a point drawn by its squared distance to the others."""
    chosen = [int(dice.integers(len(points)))]
    while len(chosen) < count:
        far = _squares(points, points[chosen]).min(axis=1)
        if far.sum() <= 0:
            break
        chosen.append(int(dice.choice(len(points), p=far / far.sum())))
    return points[chosen]


def _squares(left: Float64s, right: Float64s) -> Float64s:
    """Squared distances of n x d and m x d points, n x m, none below 0."""
    sums = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)[None, :]
    squares: Float64s = np.maximum(sums - 2 * left @ right.T, 0.0)
    return squares
