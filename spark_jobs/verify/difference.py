"""What the crowd's model gains and loses when claims get other weights. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from spark_jobs.verify.agreement.crowd import CrowdStatistics, Float64s


@dataclass(frozen=True, slots=True)
class ClaimWeight:
    """How a claim counts in the model; a weight of None does not."""

    weight: float | None
    damping: float

    @property
    def sample_weight(self) -> float:
        """What it adds to the sums."""
        return (self.weight or 0.0) * self.damping


@dataclass(frozen=True, slots=True, eq=False)
class ClaimChange:
    """A claim of a label with the embedding (D) of its photo, before and after.

    `accounts` are those for whom it counted, `claimants` those for whom it counts now.
    """

    label: str
    embedding: Float64s
    before: ClaimWeight
    after: ClaimWeight
    accounts: Sequence[str]
    claimants: Sequence[str]


class RecordChange(NamedTuple):
    """By how much a contributor's claims grow, and how many of them are right by expectation."""

    claims: int
    right: float


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """To be added to the model: sums over claims, claims that count by label, and records.

    `senders` are claims that count by label and first account, where their number changes.
    """

    statistics: CrowdStatistics
    photos: dict[str, int]
    senders: dict[tuple[str, str], int]
    records: dict[str, RecordChange]

    @classmethod
    def of(cls, changes: Sequence[ClaimChange]) -> Difference:
        """Find what changes with these claims; there is at least one."""
        photos: dict[str, int] = dict.fromkeys((change.label for change in changes), 0)
        records: dict[str, RecordChange] = {}
        senders: Counter[tuple[str, str]] = Counter()
        for change in changes:
            old, new = change.before, change.after
            photos[change.label] += (new.weight is not None) - (old.weight is not None)
            _count(records, change.accounts, old.weight, -1)
            _count(records, change.claimants, new.weight, 1)
            senders.subtract(
                (change.label, contributor) for contributor in _first(change.accounts, old)
            )
            senders.update(
                (change.label, contributor) for contributor in _first(change.claimants, new)
            )
        statistics = CrowdStatistics.of(
            np.stack([change.embedding for change in changes]),
            [change.label for change in changes],
            np.array(
                [change.after.sample_weight - change.before.sample_weight for change in changes]
            ),
        )
        return cls(statistics, photos, {who: by for who, by in senders.items() if by}, records)

    def new_contributors(self, senders: Mapping[tuple[str, str], int]) -> Counter[str]:
        """By how many contributors each label grows.

        `senders` are the claims that count so far of those whose number changes.
        """
        gained: Counter[str] = Counter()
        for (label, account), by in self.senders.items():
            counted = senders.get((label, account), 0)
            gained[label] += (counted + by > 0) - (counted > 0)
        return gained


def _first(accounts: Sequence[str], claim: ClaimWeight) -> Sequence[str]:
    """The account that a claim counts for among its label's contributors, if it counts."""
    return () if claim.weight is None else accounts[:1]


def _count(
    records: dict[str, RecordChange], accounts: Sequence[str], weight: float | None, sign: int
) -> None:
    if weight is None:
        return
    for account in accounts:
        before = records.get(account, RecordChange(0, 0.0))
        records[account] = RecordChange(before.claims + sign, before.right + sign * weight)
