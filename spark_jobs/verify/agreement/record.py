"""What a contributor's other claims say of one claim. Pure.

Each contributor is right with a probability of his own, learned together with the claims: a claim's
probability makes the record, and the record the claim's prior (Dawid and Skene 1979, with one
probability a person; Raykar et al., "Learning from crowds", 2010, for a classifier in their midst).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spark_jobs.verify.agreement.probability import PRIOR, logit

CREDIT_CLAIMS = 4.0
"""So many claims, as right as the hub's others, every contributor is credited with."""

HUB_CREDIT_CLAIMS = 20.0
"""So many claims, a share of PRIOR of them right, a young hub is credited with."""

QUIETNESS = 0.25
"""n photos of one contributor and label count as n^0.75: a few accounts that send one label in bulk
shall not become what it looks like. Of 0, 0.25 and 0.5, the first let colluders take a label over,
the last cost wrong labels found in crowds without colluders."""

LEAST_SHARE, MOST_SHARE = 0.5, 0.99
SUREST = 0.999
"""No record vouches or condemns more than this: people change."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """A contributor's claims but the one to be judged.

    `claims` counts them; `right` is how many of them are right by expectation: the sum of their
    probabilities.
    """

    right: float
    claims: float


@dataclass(frozen=True, slots=True)
class RecordOpinion:
    """What the records of a claim's contributors say: beyond what is expected of anybody.

    `expected` is the share of right claims that the least reliable of them lets expect, `claims`
    how many others there are of that contributor.
    """

    log_ratio: float
    expected: float
    claims: float


def damping(claims: int) -> float:
    """How much one of a contributor's photos of a label counts in it, if there are so many."""
    return float(max(1, claims) ** -QUIETNESS)


def right_share(right: float, claims: float) -> float:
    """The share of a hub's claims that are right, from what all of them weigh, 0.5 to 0.99."""
    share = (right + HUB_CREDIT_CLAIMS * PRIOR) / (claims + HUB_CREDIT_CLAIMS)
    return min(MOST_SHARE, max(LEAST_SHARE, share))


def expected_right(claimant: Claimant, share: float) -> float:
    """How likely the contributor's next claim is right, in a hub where `share` of all are."""
    found = (claimant.right + CREDIT_CLAIMS * share) / (claimant.claims + CREDIT_CLAIMS)
    return min(SUREST, max(1 - SUREST, found))


def opinion(claimants: Sequence[Claimant], share: float) -> RecordOpinion | None:
    """Weigh the records of a claim's contributors; None if none of them made another claim.

    Several contributors of average record are worth no more than one: they may be one person.
    """
    known = [claimant for claimant in claimants if claimant.claims > 0]
    if not known:
        return None
    expected = [expected_right(claimant, share) for claimant in known]
    least = min(range(len(known)), key=expected.__getitem__)
    ratio = sum(logit(probability) - logit(share) for probability in expected)
    return RecordOpinion(ratio, expected[least], known[least].claims)
