"""All who give evidence on claims: the crowd, the class network, and the label graph between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from imagehub.vocabulary import Finding, Verdict
from spark_jobs.verify.agreement import record
from spark_jobs.verify.agreement.crowd import CrowdStatistics, Float64s
from spark_jobs.verify.agreement.discriminant import Discriminant, LeftOut
from spark_jobs.verify.agreement.graph import LabelGraph
from spark_jobs.verify.agreement.likeness import (
    LEAST_OTHERS,
    CrowdOpinion,
    LabelCrowd,
    PhotoToJudge,
)
from spark_jobs.verify.agreement.network import ClassNetwork
from spark_jobs.verify.agreement.peers import Peers
from spark_jobs.verify.agreement.probability import PRIOR
from spark_jobs.verify.agreement.record import Claimant
from spark_jobs.verify.agreement.reviews import ReviewOpinion
from spark_jobs.verify.agreement.strangers import without_strangers
from spark_jobs.verify.agreement.temperature import choose_temperature
from spark_jobs.verify.agreement.verdict import ClaimEvidence, decide

PHOTOS_AT_ONCE = 128
"""Photos that are compared with all peers of their label in one product of matrices."""


@dataclass(frozen=True, slots=True, eq=False)
class SeenPhoto:
    """What a version saw in a photo; `counts_for` are the labels whose crowd it belongs to.

    `classes` are probabilities by label; the embedding has D numbers. `counts_for` gives the weight
    with which the photo counts for each label. `claimants` are the records of those who make the
    claim, `contributors` their numbers among the label's peers.
    """

    findings: Sequence[Finding]
    classes: Mapping[str, float]
    embedding: Float64s
    counts_for: Mapping[str, float]
    claimants: Sequence[Claimant] = ()
    reviews: ReviewOpinion | None = None
    contributors: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Judges claims of any label. `crowd` is None on an empty hub, `network` without classes.

    `unfit` are codes of findings that make a photo useless; `unseen` is the code of photos that
    could not be looked at; `right_share` is the share of the hub's claims that are right;
    `contributors` is how many contributors each label has.
    """

    crowd: Discriminant | None
    temperature: float
    network: ClassNetwork | None
    graph: LabelGraph
    unfit: frozenset[str]
    unseen: str
    right_share: float = PRIOR
    contributors: Mapping[str, int] = field(default_factory=dict)

    def judge(self, label: str, peers: Peers, photos: Sequence[SeenPhoto]) -> list[Verdict]:
        """Judge photos claimed as one label; `peers` are those that count for it."""
        if self.crowd is None or label not in self.crowd.numbers:
            company = None
        else:
            everybody = LabelCrowd.of(label, peers, self.crowd, self.temperature, self.graph)
            company = without_strangers(everybody, self.contributors)
        verdicts: list[Verdict] = []
        for begin in range(0, len(photos), PHOTOS_AT_ONCE):
            block = photos[begin : begin + PHOTOS_AT_ONCE]
            crowd = self._crowd(company, block)
            verdicts += map(self._judge, [label] * len(block), block, crowd)
        return verdicts

    def _was_seen(self, photo: SeenPhoto) -> bool:
        return all(finding.code != self.unseen for finding in photo.findings)

    def _crowd(
        self, company: LabelCrowd | None, photos: Sequence[SeenPhoto]
    ) -> list[CrowdOpinion | None]:
        """What the crowd says of each photo; None of those that could not be looked at."""
        seen = [photo for photo in photos if self._was_seen(photo)]
        judged = [
            PhotoToJudge(photo.embedding, photo.counts_for, photo.contributors) for photo in seen
        ]
        opinions = iter(company.opinions(judged) if company else [None] * len(judged))
        return [next(opinions) if self._was_seen(photo) else None for photo in photos]

    def _judge(self, label: str, photo: SeenPhoto, crowd: CrowdOpinion | None) -> Verdict:
        network = None
        if self.network is not None and self._was_seen(photo):
            here = self.crowd.numbers if self.crowd is not None else ()
            network = self.network.opinion(photo.classes, label, here)
        case = ClaimEvidence(
            label,
            photo.findings,
            self.unfit,
            self.right_share,
            crowd,
            network,
            record.opinion(photo.claimants, self.right_share),
            photo.reviews,
        )
        return decide(case, self.graph)


def fit_crowd(statistics: CrowdStatistics | None) -> Discriminant | None:
    """Fit to the sums of a crowd; None if it has no photos."""
    return Discriminant.fit(statistics) if statistics and statistics.photos else None


@dataclass(frozen=True, slots=True, eq=False)
class ClaimSample:
    """N claims that count: their labels, embeddings (N x D) and sample weights in the crowd (N)."""

    labels: Sequence[str]
    embeddings: Float64s
    weights: Float64s


def measure_temperature(crowd: Discriminant | None, sample: ClaimSample, share: float) -> float:
    """Choose the temperature on a sample of a crowd of whose claims `share` are right."""
    densities: list[Float64s] = []
    own: list[int] = []
    for label, embedding, weight in zip(
        sample.labels, sample.embeddings, sample.weights, strict=True
    ):
        if crowd is None or crowd.counts[crowd.number(label)] <= LEAST_OTHERS:
            continue
        itself = LeftOut(crowd.number(label), np.asarray(embedding)[None], np.array([weight]))
        found = crowd.log_densities(embedding, [itself])
        if found is not None:
            densities.append(found)
            own.append(crowd.number(label))
    return choose_temperature(densities, own, share)
