"""A label's photos as a mixture: its own, and those of other labels. Pure.

The label's own photos are a Gaussian of unknown mean, those of each rival one whose mean is given;
the covariance is common. The shares of all are learned with the mean by expectation maximisation
(Dempster, Laird and Rubin 1977). Labels that are wrong for whole clusters rather than one by one
are found by such mixtures in Bouveyron and Girard, "Robust supervised classification with mixture
models: learning from data with uncertain labels", Pattern Recognition 42 (2009).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spark_jobs.verify.agreement.crowd import Float64s
from spark_jobs.verify.agreement.discriminant import LEAST_WEIGHT
from spark_jobs.verify.agreement.log_space import log_sum_exp

MOST_STEPS = 40
SETTLED_CHANGE = 0.01
"""No further step is needed if none of the photos moved by so much."""

MOST_RIVALS = 3
CREDIT_PHOTOS = 1.0
"""So many photos are added, spread evenly, when shares are learned: none becomes zero."""

NEVER = -1e9
"""Log density of a label that is empty."""


@dataclass(frozen=True, slots=True, eq=False)
class Gaussians:
    """R labels that photos may be of: means (R x D) and their photos' weights (R).

    The coordinates are such that the common covariance is 1; `temperature` divides log densities.
    """

    means: Float64s
    counts: Float64s
    temperature: float

    def log_densities(self, photos: Float64s) -> Float64s:
        """Tempered log densities (n x R), up to a constant, at photos (n x D)."""
        squares = np.square(photos).sum(axis=1)[:, None] - 2 * photos @ self.means.T
        squares += np.square(self.means).sum(axis=1)
        return _log_density(squares, self.counts, photos.shape[1]) / self.temperature


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """What n photos are of: `parts` (n x (1 + R)) are probabilities, of their own label first.

    `rivals` (R) are numbers of the labels. As log ratios, `gain` is how much likelier the photos
    are than if all were of their own label, and `own_gain` than if none was.
    """

    parts: Float64s
    rivals: npt.NDArray[np.intp]
    gain: float
    own_gain: float


def first_look(photos: Float64s, weights: Float64s, rivals: Gaussians) -> Float64s:
    """How much of n photos (n x D) of one label, of weights n above 0, each rival (R) may explain.

    Every label is taken to be as common as any other, so a rival gets its chance where it fits
    about as well: from a start that trusts the claims, EM would stay where colluders want it.
    """
    own = _own(photos, weights, rivals.temperature)
    parts = _parts(np.column_stack([own, rivals.log_densities(photos)]))
    return np.asarray(weights @ parts[:, 1:])


def unmix(photos: Float64s, weights: Float64s, rivals: Gaussians) -> Mixture:
    """Fit a mixture to n photos (n x D) of one label, of weights n above 0.

    The rivals that explain most at first look are kept. At the start the first of them has what it
    may explain, and everything else is the label's own: what little it has of its own would be lost
    to the others before the mean has come to it.
    """
    explained = first_look(photos, weights, rivals)
    likely = np.argsort(-explained, kind="stable")[:MOST_RIVALS]
    others = rivals.log_densities(photos)[:, likely]
    alone = _own(photos, weights, rivals.temperature)
    parts = np.zeros((len(photos), 1 + len(likely)))
    parts[:, :2] = _parts(np.column_stack([alone, others[:, 0]]))
    for _ in range(MOST_STEPS):
        own = _own(photos, weights * parts[:, 0], rivals.temperature)
        shares = weights @ parts + CREDIT_PHOTOS / parts.shape[1]
        joint = np.column_stack([own, others]) + np.log(shares / shares.sum())
        before, parts = parts, _parts(joint)
        if np.abs(parts[:, 0] - before[:, 0]).max() < SETTLED_CHANGE:
            break
    total = log_sum_exp(joint)[:, 0]
    without = log_sum_exp(joint[:, 1:])[:, 0] - np.log(1 - shares[0] / shares.sum())
    return Mixture(
        parts, likely, float(weights @ (total - alone)), float(weights @ (total - without))
    )


def _own(photos: Float64s, weights: Float64s, temperature: float) -> Float64s:
    """Tempered log densities (n) of photos under the mean of all of them but the photo itself."""
    total = max(float(weights.sum()), LEAST_WEIGHT)
    others = total - weights
    further = total / np.maximum(others, LEAST_WEIGHT)
    squares = np.square(photos - weights @ photos / total).sum(axis=1) * further**2
    return _log_density(squares, others, photos.shape[1]) / temperature


def _log_density(squares: Float64s, counts: Float64s, dimensions: int) -> Float64s:
    """Log densities at squared distances from means of so many photos."""
    wider = 1 + 1 / np.maximum(counts, LEAST_WEIGHT)
    densities = -squares / (2 * wider) - dimensions / 2 * np.log(wider)
    return np.asarray(np.where(counts >= LEAST_WEIGHT, densities, NEVER))


def _parts(joint: Float64s) -> Float64s:
    """Probabilities (n x R) from logs that they are proportional to."""
    return np.asarray(np.exp(joint - log_sum_exp(joint)))
