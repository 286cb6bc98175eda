"""The photos that count for a label, as those see them who judge its claims. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spark_jobs.verify.agreement.crowd import Float64s

SEVERAL = -1


@dataclass(frozen=True, slots=True, eq=False)
class Peers:
    """n photos of one label: embeddings n x D, weights n (above 0, at most 1), contributors n.

    `contributors` are numbers of the label's own counting, SEVERAL where more than one contributor
    claims the photo.
    """

    embeddings: Float64s
    weights: Float64s
    contributors: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.weights)

    def some(self, which: slice | npt.NDArray[np.bool_]) -> Peers:
        """Only these of them."""
        return Peers(self.embeddings[which], self.weights[which], self.contributors[which])
