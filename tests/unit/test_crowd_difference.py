"""What the crowd's model gains by differences is what summing it anew would give."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from imagehub.catalogue.verification.crowd_claims import CrowdClaim
from imagehub.catalogue.verification.crowd_models import ContributorRecord, LabelSum
from spark_jobs.verify.add_to_model import difference, label_sums_after
from spark_jobs.verify.agreement.crowd import CrowdStatistics
from spark_jobs.verify.difference import ClaimWeight

LABELS, PEOPLE = ("cat", "cup", "key"), ("ada", "bob", "eve")
CLAIMS = [
    CrowdClaim(
        image_id=f"{number:016x}",
        label=LABELS[number % 3],
        counts=True,
        embedding=np.random.default_rng(number).normal(size=4),
        weight=None,
        damping=1.0,
        accounts=(),
        claimants=(),
        probability=None,
    )
    for number in range(6)
]
standings = some.builds(ClaimWeight, some.none() | some.floats(0, 1), some.sampled_from([1.0, 0.5]))
changes = some.lists(
    some.lists(
        some.tuples(
            some.integers(0, len(CLAIMS) - 1), standings, some.sets(some.sampled_from(PEOPLE))
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda change: change[0],
    ),
    max_size=8,
)


def sample_weight(claim: CrowdClaim) -> float:
    return (claim.weight or 0.0) * claim.damping


@given(changes)
def test_differences_in_any_order_add_up_to_the_sum_from_scratch(
    history: list[list[tuple[int, ClaimWeight, set[str]]]],
) -> None:
    now = list(CLAIMS)
    sums: dict[str, LabelSum] = {}
    gram, records = np.zeros((4, 4)), dict.fromkeys(PEOPLE, ContributorRecord(0, 0.0))
    senders: Counter[tuple[str, str]] = Counter()
    for step in history:
        given_now = [replace(now[at], claimants=tuple(sorted(names))) for at, _, names in step]
        change = difference(given_now, [standing for _, standing, _ in step])
        sums |= {
            label_sum.label: label_sum
            for label_sum in label_sums_after(change, sums.values(), senders)
        }
        senders.update(change.senders)
        gram = gram + change.statistics.gram
        for name, record in change.records.items():
            records[name] = ContributorRecord(
                records[name].claims + record.claims, records[name].right + record.right
            )
        for (at, new, _), claim in zip(step, given_now, strict=True):
            now[at] = replace(
                claim, weight=new.weight, damping=new.damping, accounts=claim.claimants
            )
    counted = [claim for claim in now if claim.weight is not None]
    for label, found in sums.items():
        mine = [claim for claim in counted if claim.label == label]
        assert found.photos == len(mine)
        assert found.contributors == len({who for claim in mine for who in claim.accounts[:1]})
        assert found.sample_weight == pytest.approx(sum(map(sample_weight, mine)), abs=1e-9)
    if counted:
        scratch = CrowdStatistics.of(
            np.stack([claim.embedding for claim in counted]),
            [claim.label for claim in counted],
            np.array([sample_weight(claim) for claim in counted]),
        )
        np.testing.assert_allclose(gram, scratch.gram, atol=1e-9)
        for label, total in zip(scratch.labels, scratch.sums, strict=True):
            np.testing.assert_allclose(sums[label].embeddings, total, atol=1e-9)
    for name in PEOPLE:
        own = [claim.weight or 0 for claim in counted if name in claim.accounts]
        assert records[name].claims == len(own)
        assert records[name].right == pytest.approx(sum(own), abs=1e-9)
