"""How much a smaller network still says what the larger one says. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float32s = npt.NDArray[np.float32]

NEIGHBOURS = 10
LEAST_AGREEMENT = 0.97


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """What a network said of N photos: features N x D, probabilities N x CLASSES, or None."""

    features: Float32s | None
    probabilities: Float32s | None


@dataclass(frozen=True, slots=True)
class NetworkComparison:
    """Two networks on the same photos, as shares; None where there is nothing to compare.

    `top1_agreement`: photos with the same likeliest class. `neighbour_overlap`: of the 10 nearest
    other photos by the cosine of the features, the share that both name.
    """

    photos: int
    top1_agreement: float | None
    neighbour_overlap: float | None

    @property
    def is_good(self) -> bool:
        """True if neither figure is below LEAST_AGREEMENT."""
        figures = (self.top1_agreement, self.neighbour_overlap)
        return all(figure is None or figure >= LEAST_AGREEMENT for figure in figures)


def compare(first: Outputs, other: Outputs) -> NetworkComparison:
    """Compare two networks that looked at the same photos in the same order."""
    photos = len(next(part for part in (first.features, first.probabilities) if part is not None))
    agreement = overlap = None
    if first.probabilities is not None and other.probabilities is not None:
        same = first.probabilities.argmax(axis=1) == other.probabilities.argmax(axis=1)
        agreement = round(float(same.mean()), 4)
    if first.features is not None and other.features is not None:
        near = nearest(first.features), nearest(other.features)
        shared = [len(set(a) & set(b)) for a, b in zip(*near, strict=True)]
        overlap = round(float(np.mean(shared)) / near[0].shape[1], 4)
    return NetworkComparison(photos, agreement, overlap)


def nearest(features: Float32s) -> npt.NDArray[np.intp]:
    """The numbers of the 10 photos nearest to each of N x D, by cosine; fewer if there are."""
    rows = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
    alike = rows @ rows.T
    np.fill_diagonal(alike, -np.inf)
    return np.argsort(-alike, axis=1, kind="stable")[:, : min(NEIGHBOURS, len(features) - 1)]
