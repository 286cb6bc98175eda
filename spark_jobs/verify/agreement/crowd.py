"""What the crowd's photos say together: sums over the embeddings of each label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float64s = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CrowdStatistics:
    """Sufficient statistics of a linear discriminant analysis over K labels in D dimensions.

    `counts` (K) are photos, `sums` (K x D) their added embeddings, and `gram` (D x D) the added
    outer products of all photos, each photo as often as it weighs. Statistics of parts of a crowd
    add up to those of the whole.
    """

    labels: tuple[str, ...]
    counts: Float64s
    sums: Float64s
    gram: Float64s

    @classmethod
    def of(
        cls, embeddings: Float64s, labels: Sequence[str], weights: Float64s | None = None
    ) -> CrowdStatistics:
        """Sum up N photos: embeddings N x D, the label that each is claimed to be, its weight (1).

        A weight below zero takes a photo out of the statistics that these are added to.
        """
        names, index = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
        weighed = embeddings if weights is None else embeddings * weights[:, None]
        sums = np.zeros((len(names), embeddings.shape[1]))
        np.add.at(sums, index, weighed)
        counts = np.bincount(index, weights, minlength=len(names)).astype(np.float64)
        return cls(tuple(map(str, names)), counts, sums, weighed.T @ embeddings)

    @classmethod
    def merged(cls, parts: Iterable[CrowdStatistics]) -> CrowdStatistics:
        """Add up parts; there is at least one."""
        parts = list(parts)
        names = tuple(sorted({label for part in parts for label in part.labels}))
        position = {label: index for index, label in enumerate(names)}
        dimensions = parts[0].gram.shape[0]
        counts, sums = np.zeros(len(names)), np.zeros((len(names), dimensions))
        for part in parts:
            rows = [position[label] for label in part.labels]
            counts[rows] += part.counts
            sums[rows] += part.sums
        gram = sum((part.gram for part in parts), np.zeros((dimensions, dimensions)))
        return cls(names, counts, sums, gram)

    @property
    def photos(self) -> float:
        """How much all photos weigh together."""
        return float(self.counts.sum())
