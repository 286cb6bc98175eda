"""All who give evidence on claims: the crowd, the class network, and the label graph between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from imagehub.vocabulary import Finding, Verdict
from spark_jobs.agreement.crowd import CrowdStatistics, Floats
from spark_jobs.agreement.discriminant import Discriminant, LeftOut
from spark_jobs.agreement.graph import LabelGraph
from spark_jobs.agreement.likeness import LEAST_OTHERS, LabelCrowd
from spark_jobs.agreement.network import ClassNetwork
from spark_jobs.agreement.temperature import choose_temperature
from spark_jobs.agreement.verdict import Case, decide


@dataclass(frozen=True, slots=True, eq=False)
class SeenPhoto:
    """What a version saw in a photo; `counts_for` are the labels whose crowd it belongs to.

    `classes` are probabilities by label; the embedding has D numbers.
    """

    findings: Sequence[Finding]
    classes: Mapping[str, float]
    embedding: Floats
    counts_for: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Judges claims of any label. `crowd` is None on an empty hub, `network` without classes.

    `unfit` are codes of findings that make a photo useless; `unseen` is the code of photos that
    could not be looked at.
    """

    crowd: Discriminant | None
    temperature: float
    network: ClassNetwork | None
    graph: LabelGraph
    unfit: frozenset[str]
    unseen: str

    def judge(self, label: str, fellows: Floats, photos: Sequence[SeenPhoto]) -> list[Verdict]:
        """Judge photos claimed as one label; `fellows` (n x D) are all that count for it."""
        if self.crowd is None or label not in self.crowd.numbers:
            company = None
        else:
            company = LabelCrowd.of(label, fellows, self.crowd, self.temperature, self.graph)
        return [self._judge(label, company, photo) for photo in photos]

    def _judge(self, label: str, company: LabelCrowd | None, photo: SeenPhoto) -> Verdict:
        seen = all(finding.code != self.unseen for finding in photo.findings)
        crowd = network = None
        if seen and company is not None:
            crowd = company.opinion(photo.embedding, photo.counts_for)
        if seen and self.network is not None:
            network = self.network.opinion(photo.classes, label)
        case = Case(label, photo.findings, self.unfit, crowd, network)
        return decide(case, self.graph)


def fit_crowd(statistics: CrowdStatistics | None) -> Discriminant | None:
    """Fit to the sums of a crowd; None if it has no photos."""
    return Discriminant.fit(statistics) if statistics and statistics.photos else None


def measure_temperature(
    crowd: Discriminant | None, labels: Sequence[str], embeddings: Floats
) -> float:
    """Choose the temperature on a sample of claims that count: N labels, embeddings N x D."""
    densities: list[Floats] = []
    own: list[int] = []
    for label, embedding in zip(labels, embeddings, strict=True):
        if crowd is None or crowd.counts[crowd.number(label)] <= LEAST_OTHERS:
            continue
        found = crowd.log_densities(
            embedding, [LeftOut(crowd.number(label), np.asarray(embedding)[None])]
        )
        if found is not None:
            densities.append(found)
            own.append(crowd.number(label))
    return choose_temperature(densities, own)
