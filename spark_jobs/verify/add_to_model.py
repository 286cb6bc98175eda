"""Add claims to the crowd's model, and change their weights: the one operation that changes it.

Every change is one transaction, fenced by the run's epoch: a run that is killed leaves the old
model or the new one, and what a claim waits for next is written with its weight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.verification import claim_weights, crowd_claims, crowd_models
from imagehub.catalogue.verification.arrivals import Arrivals
from imagehub.catalogue.verification.crowd_claims import CrowdClaim, WeightedClaim
from imagehub.catalogue.verification.crowd_models import ContributorRecord, LabelSum
from imagehub.catalogue.verification.image_checks import Version
from imagehub.errors import Unavailable
from imagehub.vocabulary import EMBEDDING_DIMENSIONS
from spark_jobs.runs import JobContext, SparkJobContext
from spark_jobs.verify.agreement import record
from spark_jobs.verify.agreement.crowd import CrowdStatistics
from spark_jobs.verify.agreement.probability import posterior
from spark_jobs.verify.agreement.record import Claimant
from spark_jobs.verify.difference import ClaimChange, ClaimWeight, Difference
from spark_jobs.verify.summing import sum_anew


def add_arrivals(context: JobContext, version: Version, arrived: Arrivals) -> None:
    """Add claims that arrived, with the weights that their contributors' records let expect.

    They wait for a verdict from then on, and the version has come as far as the arrivals go.
    Raises Unavailable if the version has not looked at one of their images.
    """
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        crowd_models.hold(cursor)
        claims = crowd_claims.read_claims(cursor, version.number, arrived.claims)
        if len(claims) < len(arrived.claims):
            raise Unavailable("Some of the photos that arrived have not been looked at.")
        people = {name for claim in claims for name in claim.claimants}
        records = crowd_models.records(cursor, version.number, people)
        share = record.right_share(*crowd_models.totals(cursor, version.number))
        weights = [_first_weight(claim, records, share) for claim in claims]
        new_weights = _standings(cursor, version.number, claims, weights)
        change(cursor, version.number, claims, new_weights, "judge")
        crowd_models.advance(cursor, version.number, arrived.safe_end)


def reweigh_judged(context: JobContext, version: Version) -> None:
    """Let claims that were judged weigh what their verdicts say."""
    while True:
        with context.database.transaction() as cursor:
            context.run.assert_current(cursor)
            crowd_models.hold(cursor)
            claims = crowd_claims.judged(cursor, version.number)
            if not claims:
                return
            new_weights = [
                ClaimWeight(claim.probability if claim.counts else None, claim.damping)
                for claim in claims
            ]
            change(cursor, version.number, claims, new_weights, None)


def reweigh_all(context: SparkJobContext, version: Version, rounds_left: int) -> None:
    """Weigh every claim of the hub by its verdict and sum the model up from scratch.

    All claims wait for another verdict from then on. Only this run and the withdrawal of a photo
    change claims, weights and verdicts: raises Unavailable if one was withdrawn between the sums
    and the transaction that writes them.
    """
    with context.database.transaction() as cursor:
        revision = crowd_models.state(cursor, version.number).revision
        context.run.assert_current(cursor)
        claim_weights.count_senders(cursor, version.number)
        claim_weights.tell_planner(cursor)
    summed = sum_anew(context, version)
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        if crowd_models.hold_revision(cursor, version.number) != revision:
            raise Unavailable("A photo was withdrawn meanwhile: the next run sums up anew.")
        crowd_models.take_revision(cursor, version.number)
        claim_weights.reweigh(cursor, version.number, record.QUIETNESS)
        sizes = claim_weights.label_sizes(cursor, version.number)
        crowd_models.write_label_sums(
            cursor,
            version.number,
            [LabelSum(label, *sizes[label], total) for label, total in _sums(sizes, summed)],
        )
        photos = sum(photos for photos, _, _ in sizes.values())
        crowd_models.write_gram(cursor, version.number, summed.gram, photos)
        crowd_models.count_records_anew(cursor, version.number)
        crowd_models.mark_fitted(cursor, version.number, rounds_left)


def change(
    cursor: Cursor,
    version: int,
    claims: Sequence[CrowdClaim],
    new_weights: Sequence[ClaimWeight],
    next_step: str | None,
) -> None:
    """Let claims stand otherwise in the model; they wait for `next_step` from then on."""
    crowd_models.take_revision(cursor, version)
    change = difference(claims, new_weights)
    before = crowd_models.label_sums(cursor, version, change.statistics.labels)
    senders = crowd_claims.contributor_sizes(cursor, version, change.senders)
    crowd_models.write_label_sums(cursor, version, label_sums_after(change, before, senders))
    gram = crowd_models.gram(cursor, version) + change.statistics.gram
    photos = crowd_models.state(cursor, version).photos + sum(change.photos.values())
    crowd_models.write_gram(cursor, version, gram, photos)
    records = {
        contributor: ContributorRecord(*facts) for contributor, facts in change.records.items()
    }
    crowd_models.add_to_records(cursor, version, records)
    crowd_claims.write(
        cursor,
        version,
        [
            WeightedClaim(claim.image_id, claim.label, new.weight, new.damping, claim.claimants)
            for claim, new in zip(claims, new_weights, strict=True)
        ],
        next_step,
    )


def difference(claims: Sequence[CrowdClaim], new_weights: Sequence[ClaimWeight]) -> Difference:
    """What changes if each claim has its new standing and its present claimants."""
    return Difference.of(
        [
            ClaimChange(
                label=claim.label,
                embedding=claim.embedding,
                before=ClaimWeight(claim.weight, claim.damping),
                after=new,
                accounts=claim.accounts,
                claimants=claim.claimants,
            )
            for claim, new in zip(claims, new_weights, strict=True)
        ]
    )


def label_sums_after(
    change: Difference, before: Iterable[LabelSum], senders: Mapping[tuple[str, str], int]
) -> list[LabelSum]:
    """The sums of all labels concerned as they come to stand; a label may be new.

    `senders` are the claims that count so far of those whose number changes.
    """
    known = {label_sum.label: label_sum for label_sum in before}
    nothing = LabelSum("", 0, 0, 0.0, np.zeros(change.statistics.gram.shape[0]))
    gained = change.new_contributors(senders)
    after = []
    for row, label in enumerate(change.statistics.labels):
        old = known.get(label, nothing)
        after.append(
            LabelSum(
                label=label,
                photos=old.photos + change.photos[label],
                contributors=old.contributors + gained[label],
                sample_weight=old.sample_weight + float(change.statistics.counts[row]),
                embeddings=old.embeddings + change.statistics.sums[row],
            )
        )
    return after


def _standings(
    cursor: Cursor,
    version: int,
    claims: Sequence[CrowdClaim],
    weights: Sequence[float | None],
) -> list[ClaimWeight]:
    """Claims with their weights, damped the more their contributors sent of the label."""
    news = [
        (claim.label, claim.claimants[0])
        for claim, weight in zip(claims, weights, strict=True)
        if weight is not None and claim.weight is None
    ]
    before = crowd_claims.contributor_sizes(cursor, version, news)
    now = Counter(before) + Counter(news)
    return [
        ClaimWeight(weight, claim.damping)
        if claim.weight is not None
        else ClaimWeight(weight, record.damping(now[claim.label, claim.claimants[0]]))
        for claim, weight in zip(claims, weights, strict=True)
    ]


def _first_weight(
    claim: CrowdClaim, records: Mapping[str, ContributorRecord], share: float
) -> float | None:
    """What its claimants' records let expect; a claim that has a weight keeps it."""
    if not claim.counts:
        return None
    if claim.weight is not None:
        return claim.weight
    known = [records[name] for name in claim.claimants if name in records]
    opinion = record.opinion(
        [Claimant(contributor.right, contributor.claims) for contributor in known], share
    )
    return share if opinion is None else posterior(share, opinion.log_ratio)


def _sums(labels: Iterable[str], summed: CrowdStatistics) -> list[tuple[str, np.ndarray]]:
    rows = dict(zip(summed.labels, summed.sums, strict=True))
    return [(label, rows.get(label, np.zeros(EMBEDDING_DIMENSIONS))) for label in labels]
