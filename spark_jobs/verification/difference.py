"""What the crowd's model gains and loses when claims get other weights. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from imagehub.catalogue.crowd_claims import Enrolment
from imagehub.catalogue.crowd_models import LabelSum, Record
from spark_jobs.agreement.crowd import CrowdStatistics


@dataclass(frozen=True, slots=True)
class Standing:
    """How a claim counts in the model; a weight of None does not."""

    weight: float | None
    loudness: float

    @property
    def voice(self) -> float:
        """What it adds to the sums."""
        return (self.weight or 0.0) * self.loudness


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """To be added to the model: sums over claims, claims that count by label, and records."""

    statistics: CrowdStatistics
    photos: dict[str, int]
    records: dict[str, Record]

    @classmethod
    def of(cls, claims: Sequence[Enrolment], standings: Sequence[Standing]) -> Difference:
        """Find what changes if each claim has its new standing and its present claimants.

        There is at least one claim.
        """
        photos: dict[str, int] = dict.fromkeys((one.label for one in claims), 0)
        records: dict[str, Record] = {}
        changes = []
        for one, new in zip(claims, standings, strict=True):
            old = Standing(one.weight, one.loudness)
            photos[one.label] += (new.weight is not None) - (old.weight is not None)
            _count(records, one.accounts, old.weight, -1)
            _count(records, one.claimants, new.weight, 1)
            changes.append(new.voice - old.voice)
        statistics = CrowdStatistics.of(
            np.stack([one.embedding for one in claims]),
            [one.label for one in claims],
            np.array(changes),
        )
        return cls(statistics, photos, records)

    def added_to(self, before: Iterable[LabelSum]) -> list[LabelSum]:
        """The sums of all labels concerned as they come to stand; a label may be new."""
        known = {one.label: one for one in before}
        nothing = LabelSum("", 0, 0.0, np.zeros(self.statistics.gram.shape[0]))
        after = []
        for row, label in enumerate(self.statistics.labels):
            old = known.get(label, nothing)
            after.append(
                LabelSum(
                    label,
                    old.photos + self.photos[label],
                    old.voice + float(self.statistics.counts[row]),
                    old.embeddings + self.statistics.sums[row],
                )
            )
        return after


def _count(
    records: dict[str, Record], accounts: Sequence[str], weight: float | None, sign: int
) -> None:
    if weight is None:
        return
    for account in accounts:
        before = records.get(account, Record(0, 0.0))
        records[account] = Record(before.claims + sign, before.right + sign * weight)
