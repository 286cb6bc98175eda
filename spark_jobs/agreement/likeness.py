"""What the crowd's other photos say of a claimed label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spark_jobs.agreement.crowd import Floats
from spark_jobs.agreement.discriminant import Discriminant, LeftOut
from spark_jobs.agreement.graph import LabelGraph

LEAST_OTHERS = 4
"""A label with fewer other photos says nothing: its mean would be a few photos' chance."""

COPY_SIMILARITY = 0.96
"""Photos of a label with a cosine from here on are copies of one another: one voice, not two."""

ALIKE_SIMILARITY = 0.2
"""Photos look alike from here on (cosine around the mean of all photos): of a simulated crowd, 84 %
of the pairs of one label and 5 % of the pairs of two labels."""


@dataclass(frozen=True, slots=True)
class CrowdOpinion:
    """The crowd's view of one claim.

    `others` are the label's other photos (copies left out), `alike` how many of them look like
    this one, `rival` the unrelated label that fits best, `rival_share` its probability beside the
    claimed one.
    """

    log_ratio: float
    others: int
    alike: int
    rival: str
    rival_share: float


@dataclass(frozen=True, slots=True, eq=False)
class LabelCrowd:
    """The photos that count for one label, ready to judge claims of it.

    `fellows` (n x D) are their embeddings; `rivals` are the numbers of all unrelated labels;
    `temperature` divides log densities.
    """

    label: str
    fellows: Floats
    crowd: Discriminant
    temperature: float
    rivals: npt.NDArray[np.intp]

    @classmethod
    def of(
        cls,
        label: str,
        fellows: Floats,
        crowd: Discriminant,
        temperature: float,
        graph: LabelGraph,
    ) -> LabelCrowd:
        """Gather what all claims of one label share."""
        rivals = [i for i, other in enumerate(crowd.labels) if not graph.related(other, label)]
        return cls(label, fellows, crowd, temperature, np.array(rivals, dtype=np.intp))

    def opinion(self, embedding: Floats, counts_for: frozenset[str]) -> CrowdOpinion | None:
        """Judge a photo (D) without its own vote and its copies'; None where too little is known.

        `counts_for` are the labels that the photo itself counts for.
        """
        if not len(self.fellows) or not len(self.rivals):
            return None
        copies = similarity(self.fellows, embedding) >= COPY_SIMILARITY
        copies |= (self.fellows == embedding).all(axis=1)
        others = self.fellows[~copies]
        if len(others) < LEAST_OTHERS:
            return None
        densities = self._densities(embedding, self.fellows[copies], counts_for)
        if densities is None:
            return None
        own, against = densities[self.crowd.number(self.label)], densities[self.rivals]
        best = int(np.argmax(against))
        if not np.isfinite(against[best]):
            return None
        centre = self.crowd.centre
        return CrowdOpinion(
            log_ratio=float(own - _log_mean_exp(against)),
            others=len(others),
            alike=int(np.sum(similarity(others - centre, embedding - centre) >= ALIKE_SIMILARITY)),
            rival=self.crowd.labels[int(self.rivals[best])],
            rival_share=float(1 / (1 + np.exp(np.clip(own - against[best], -50, 50)))),
        )

    def _densities(
        self, embedding: Floats, copies: Floats, counts_for: frozenset[str]
    ) -> Floats | None:
        left_out = [LeftOut(self.crowd.number(self.label), copies)]
        left_out += [
            LeftOut(self.crowd.number(label), embedding[None])
            for label in sorted(counts_for - {self.label})
        ]
        densities = self.crowd.log_densities(embedding, left_out)
        return None if densities is None else densities / self.temperature


def similarity(photos: Floats, photo: Floats) -> Floats:
    """Cosine of each row with the photo; 0 where one of them has no length."""
    lengths = np.linalg.norm(photos, axis=1) * np.linalg.norm(photo)
    return np.asarray(photos @ photo / np.where(lengths > 0, lengths, 1.0))


def _log_mean_exp(values: Floats) -> float:
    top = float(values.max())
    return top + float(np.log(np.exp(values - top).mean()))
