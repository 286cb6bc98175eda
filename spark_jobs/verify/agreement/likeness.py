"""What the crowd's other photos say of a claimed label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from spark_jobs.verify.agreement.crowd import Float64s
from spark_jobs.verify.agreement.discriminant import Discriminant, LeftOut
from spark_jobs.verify.agreement.graph import LabelGraph
from spark_jobs.verify.agreement.log_space import log_sum_exp
from spark_jobs.verify.agreement.peers import Peers

LEAST_OTHERS = 4
"""A label with fewer other photos says nothing: its mean would be a few photos' chance."""

COPY_SIMILARITY = 0.96
"""Photos of a label with a cosine from here on are copies of one another: they count once."""

ALIKE = 0.2
"""Photos look alike from here on (cosine around the mean of all photos): of a simulated crowd, 84 %
of the pairs of one label and 5 % of the pairs of two labels."""


@dataclass(frozen=True, slots=True)
class CrowdOpinion:
    """The crowd's view of one claim.

    `others` are the label's other photos (copies left out), `alike` how many of them look like
    this one, `rival` the unrelated label that fits best, `rival_share` its probability beside the
    claimed one. `independent` is False where all other photos come from those who make the claim.
    `log_ratio` is minus infinity where all others were rejected, so that none counts as the label.
    """

    log_ratio: float
    others: int
    alike: int
    rival: str
    rival_share: float
    independent: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class PhotoToJudge:
    """A photo to be judged: its embedding (D), and how it counts in the crowd, to be left out.

    `counts_for` are the labels that it counts for, with its weights; `contributors` its
    contributors' numbers among the peers.
    """

    embedding: Float64s
    counts_for: Mapping[str, float]
    contributors: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class LabelCrowd:
    """The photos that count for one label, ready to judge claims of it.

    `rivals` are the numbers of all unrelated labels, `shares` (log) how common each is among them;
    `temperature` divides log densities. `units` (n x D) are the peers at length 1, and
    `centred_units` as seen from the centre of all photos. A photo that counts for the label but is
    not among the peers counts in `crowd` if that `has_others`.
    """

    label: str
    peers: Peers
    crowd: Discriminant
    temperature: float
    rivals: npt.NDArray[np.intp]
    shares: Float64s
    units: Float64s
    centred_units: Float64s
    has_others: bool = True

    @classmethod
    def of(
        cls,
        label: str,
        peers: Peers,
        crowd: Discriminant,
        temperature: float,
        graph: LabelGraph,
    ) -> LabelCrowd:
        """Gather what all claims of one label share."""
        numbers = [i for i, other in enumerate(crowd.labels) if not graph.related(other, label)]
        rivals = np.array(numbers, dtype=np.intp)
        weights = crowd.counts[rivals]
        shares = np.log(weights / weights.sum()) if len(rivals) else weights
        units = _at_unit_length(peers.embeddings)
        centred = _at_unit_length(peers.embeddings - crowd.centre)
        return cls(label, peers, crowd, temperature, rivals, shares, units, centred)

    def reduced(self, peers: Peers, crowd: Discriminant) -> LabelCrowd:
        """The same with some of the peers only, and a crowd in which no others of them count."""
        units = _at_unit_length(peers.embeddings)
        centred = _at_unit_length(peers.embeddings - crowd.centre)
        return replace(
            self,
            peers=peers,
            crowd=crowd,
            units=units,
            centred_units=centred,
            has_others=False,
        )

    def opinions(self, photos: Sequence[PhotoToJudge]) -> list[CrowdOpinion | None]:
        """Judge photos without their own votes and their copies'; None where too little is known.

        A wrong claim's photo shows any other label, each as likely as it is common here. All photos
        are compared with all peers at once: give them in blocks that fit into memory.
        """
        if not photos or not len(self.peers) or not len(self.rivals):
            return [None] * len(photos)
        embeddings = np.stack([photo.embedding for photo in photos])
        copies = _at_unit_length(embeddings) @ self.units.T >= COPY_SIMILARITY
        centred = _at_unit_length(embeddings - self.crowd.centre)
        alike = (centred @ self.centred_units.T >= ALIKE) & ~copies
        return list(map(self._opinion, photos, copies, alike.sum(axis=1).tolist()))

    def _opinion(
        self, photo: PhotoToJudge, copies: npt.NDArray[np.bool_], alike: int
    ) -> CrowdOpinion | None:
        others = len(copies) - int(copies.sum())
        if others < LEAST_OTHERS:
            return None
        has_itself = (self.peers.embeddings[copies] == photo.embedding).all(axis=1).any()
        densities = self._densities(photo, copies, bool(has_itself))
        if densities is None:
            return None
        own, against = densities[self.crowd.number(self.label)], densities[self.rivals]
        best = int(np.argmax(against))
        if not np.isfinite(against[best]):
            return None
        from_elsewhere = ~copies
        for contributor in photo.contributors:
            from_elsewhere &= self.peers.contributors != contributor
        return CrowdOpinion(
            log_ratio=float(own - log_sum_exp(against + self.shares)[0]),
            others=others,
            alike=alike,
            rival=self.crowd.labels[int(self.rivals[best])],
            rival_share=float(1 / (1 + np.exp(np.clip(own - against[best], -50, 50)))),
            independent=bool(from_elsewhere.any()),
        )

    def _densities(
        self, photo: PhotoToJudge, copies: npt.NDArray[np.bool_], has_itself: bool
    ) -> Float64s | None:
        """Tempered log densities of all labels (K), without the photo and its copies here."""
        copied = self.peers.embeddings[copies]
        weights = self.peers.weights[copies]
        own_weight = photo.counts_for.get(self.label, 0.0)
        # Of a large label, peers are but a sample.
        if self.has_others and own_weight and not has_itself:
            copied = np.concatenate([copied, photo.embedding[None]])
            weights = np.append(weights, own_weight)
        left_out = [LeftOut(self.crowd.number(self.label), copied, weights)]
        left_out += [
            LeftOut(self.crowd.number(label), photo.embedding[None], np.array([weight]))
            for label, weight in sorted(photo.counts_for.items())
            if label != self.label and weight and label in self.crowd.numbers
        ]
        densities = self.crowd.log_densities(photo.embedding, left_out)
        return None if densities is None else densities / self.temperature


def _at_unit_length(rows: Float64s) -> Float64s:
    """Bring each row to length 1; one without length stays zero."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0))
