"""Linear discriminant analysis (Fisher 1936; Rao 1948) with shrinkage and an exact leave-one-out.

Every label is a Gaussian with its own mean and one covariance common to all,

    C = (1 - s) W / (N - K) + s tr(W) / (D (N - K)) I,    W the scatter within labels,

(Friedman 1989, "Regularized discriminant analysis", with a fixed s). To judge a photo without its
own vote, W is downdated by the photos left out: leaving g photos of weights w (g) with deviations
Y (g x D) from their label's mean out of a label of weight n takes Y' (diag(w) + ww'/(n - 1'w)) Y
from W. In the eigenbasis of W that is a diagonal plus a matrix of rank g, so the Woodbury identity
gives exactly what fitting again without these photos would give, at the cost of K x D a photo.

A mean of n photos is itself uncertain by C / n, so a label predicts with covariance (1 + 1/n) C:
a label of one photo claims less certainty than one of a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from spark_jobs.verify.agreement.crowd import CrowdStatistics, Float64s

SHRINKAGE = 0.5
LEAST_WEIGHT = 0.5
"""A label that weighs less than half a photo is empty."""
LEAST_FREEDOM = 1.0
TINY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """Photos that have no say: the number of their label, their embeddings (g x D), weights (g)."""

    label: int
    embeddings: Float64s
    weights: Float64s


@dataclass(frozen=True, slots=True, eq=False)
class Discriminant:
    """A fitted analysis. Means and `spread` (eigenvalues of W) are in W's eigenbasis.

    `centre` is the mean of all photos, in their own coordinates.
    """

    labels: tuple[str, ...]
    counts: Float64s
    means: Float64s
    basis: Float64s
    spread: Float64s
    centre: Float64s
    numbers: Mapping[str, int]

    @classmethod
    def fit(cls, crowd: CrowdStatistics) -> Discriminant:
        """Fit to the sums of a crowd."""
        counts = np.maximum(crowd.counts, TINY)
        means = crowd.sums / counts[:, None]
        within = crowd.gram - (means * counts[:, None]).T @ means
        spread, basis = np.linalg.eigh((within + within.T) / 2)
        return cls(
            labels=crowd.labels,
            counts=counts,
            means=means @ basis,
            basis=basis,
            spread=np.maximum(spread, 0.0),
            centre=crowd.sums.sum(axis=0) / counts.sum(),
            numbers={label: number for number, label in enumerate(crowd.labels)},
        )

    def number(self, label: str) -> int:
        """The label's place among `labels`."""
        return self.numbers[label]

    def log_densities(
        self, embedding: Float64s, left_out: Sequence[LeftOut] = ()
    ) -> Float64s | None:
        """Log of the density that each label (K) predicts at the embedding (D), up to a constant.

        Minus infinity for a label that is empty without the photos left out; None where too few
        photos remain to estimate a covariance.
        """
        counts, means = self.counts.copy(), self.means.copy()
        deviations = [np.empty((0, self.spread.size))]
        for part in left_out:
            deviations.append(self._take_out(part, counts, means))
        removed = np.concatenate(deviations)
        freedom = _freedom(counts)
        diagonal = self._variances(freedom, self.spread.sum() - np.square(removed).sum())
        if diagonal is None:
            return None
        apart = embedding @ self.basis - means
        distances = _distances(apart, diagonal, removed * np.sqrt((1 - SHRINKAGE) / freedom))
        wider = 1 + 1 / np.maximum(counts, LEAST_WEIGHT)
        densities = -distances / (2 * wider) - self.spread.size / 2 * np.log(wider)
        return np.asarray(np.where(counts >= LEAST_WEIGHT, densities, -np.inf))

    def scale(self) -> Float64s | None:
        """What to multiply coordinates of the eigenbasis (D) by, so that the covariance is 1.

        None where there are too few photos to estimate a covariance.
        """
        variances = self._variances(_freedom(self.counts), self.spread.sum())
        return None if variances is None else np.asarray(1 / np.sqrt(variances))

    def without(self, part: LeftOut) -> Discriminant:
        """What fitting again without these photos would give, but for `centre`, which stays."""
        counts, means = self.counts.copy(), self.means.copy()
        deviations = part.embeddings @ self.basis - means[part.label]
        lost = part.weights @ deviations
        within = np.diag(self.spread) - (part.weights[:, None] * deviations).T @ deviations
        remaining = counts[part.label] - part.weights.sum()
        if remaining >= TINY:
            means[part.label] -= lost / remaining
            within -= np.outer(lost, lost) / remaining
        counts[part.label] = max(remaining, TINY)
        spread, basis = np.linalg.eigh(within)
        return replace(
            self,
            counts=counts,
            means=means @ basis,
            basis=self.basis @ basis,
            spread=np.maximum(spread, 0.0),
        )

    def _variances(self, freedom: float, trace: float) -> Float64s | None:
        """Diagonal of the shrunk covariance (D), if W has this trace and freedom."""
        if freedom < LEAST_FREEDOM or trace <= 0:
            return None
        shrunk = SHRINKAGE * trace / freedom / self.spread.size
        return np.asarray((1 - SHRINKAGE) / freedom * self.spread + shrunk)

    def _take_out(self, part: LeftOut, counts: Float64s, means: Float64s) -> Float64s:
        """Downdate counts and means in place; return rows R with R'R = what W loses."""
        deviations = part.embeddings @ self.basis - self.means[part.label]
        remaining = counts[part.label] - part.weights.sum()
        if remaining < TINY:
            counts[part.label] = 0.0
            return np.asarray(np.sqrt(part.weights)[:, None] * deviations)
        counts[part.label] = remaining
        means[part.label] -= part.weights @ deviations / remaining
        weights = np.diag(part.weights) + np.outer(part.weights, part.weights) / remaining
        return np.asarray(np.linalg.cholesky(weights).T @ deviations)


def _freedom(counts: Float64s) -> float:
    """N - K, where a label of less than one photo takes no more than that from N."""
    return float(counts.sum() - np.minimum(counts, 1.0).sum())


def _distances(apart: Float64s, diagonal: Float64s, removed: Float64s) -> Float64s:
    """Squared Mahalanobis length of each row under (diag - removed' removed)^-1 (Woodbury)."""
    weighted = apart / diagonal
    distances = np.einsum("kd,kd->k", weighted, apart)
    if len(removed):
        inner = np.eye(len(removed)) - (removed / diagonal) @ removed.T
        met = weighted @ removed.T
        distances += np.einsum("kg,kg->k", met, np.linalg.solve(inner, met.T).T)
    return np.asarray(distances)
