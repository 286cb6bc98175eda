"""What the crowd's model gains and loses when claims get other weights. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from imagehub.catalogue.verification.crowd_claims import Enrolment
from imagehub.catalogue.verification.crowd_models import ContributorRecord, LabelSum
from spark_jobs.verify.agreement.crowd import CrowdStatistics


@dataclass(frozen=True, slots=True)
class ClaimWeight:
    """How a claim counts in the model; a weight of None does not."""

    weight: float | None
    loudness: float

    @property
    def voice(self) -> float:
        """What it adds to the sums."""
        return (self.weight or 0.0) * self.loudness


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """To be added to the model: sums over claims, claims that count by label, and records.

    `senders` are claims that count by label and first account, where their number changes.
    """

    statistics: CrowdStatistics
    photos: dict[str, int]
    senders: dict[tuple[str, str], int]
    records: dict[str, ContributorRecord]

    @classmethod
    def of(cls, claims: Sequence[Enrolment], standings: Sequence[ClaimWeight]) -> Difference:
        """Find what changes if each claim has its new standing and its present claimants.

        There is at least one claim.
        """
        photos: dict[str, int] = dict.fromkeys((one.label for one in claims), 0)
        records: dict[str, ContributorRecord] = {}
        senders: Counter[tuple[str, str]] = Counter()
        changes = []
        for one, new in zip(claims, standings, strict=True):
            old = ClaimWeight(one.weight, one.loudness)
            photos[one.label] += (new.weight is not None) - (old.weight is not None)
            _count(records, one.accounts, old.weight, -1)
            _count(records, one.claimants, new.weight, 1)
            senders.subtract((one.label, who) for who in _first(one.accounts, old))
            senders.update((one.label, who) for who in _first(one.claimants, new))
            changes.append(new.voice - old.voice)
        statistics = CrowdStatistics.of(
            np.stack([one.embedding for one in claims]),
            [one.label for one in claims],
            np.array(changes),
        )
        return cls(statistics, photos, {who: by for who, by in senders.items() if by}, records)

    def added_to(
        self, before: Iterable[LabelSum], senders: Mapping[tuple[str, str], int]
    ) -> list[LabelSum]:
        """The sums of all labels concerned as they come to stand; a label may be new.

        `senders` are the claims that count so far of those whose number changes.
        """
        known = {one.label: one for one in before}
        nothing = LabelSum("", 0, 0, 0.0, np.zeros(self.statistics.gram.shape[0]))
        gained: Counter[str] = Counter()
        for (label, account), by in self.senders.items():
            counted = senders.get((label, account), 0)
            gained[label] += (counted + by > 0) - (counted > 0)
        after = []
        for row, label in enumerate(self.statistics.labels):
            old = known.get(label, nothing)
            after.append(
                LabelSum(
                    label,
                    old.photos + self.photos[label],
                    old.contributors + gained[label],
                    old.voice + float(self.statistics.counts[row]),
                    old.embeddings + self.statistics.sums[row],
                )
            )
        return after


def _first(accounts: Sequence[str], standing: ClaimWeight) -> Sequence[str]:
    """The account that a claim counts for among its label's contributors, if it counts."""
    return () if standing.weight is None else accounts[:1]


def _count(
    records: dict[str, ContributorRecord], accounts: Sequence[str], weight: float | None, sign: int
) -> None:
    if weight is None:
        return
    for account in accounts:
        before = records.get(account, ContributorRecord(0, 0.0))
        records[account] = ContributorRecord(before.claims + sign, before.right + sign * weight)
