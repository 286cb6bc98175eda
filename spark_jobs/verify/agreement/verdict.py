"""From all evidence of one (image, label) to a verdict with reasons that its contributor reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from imagehub.vocabulary import Evidence, Finding, Outcome, Verdict
from spark_jobs.verify.agreement import words
from spark_jobs.verify.agreement.graph import LabelGraph
from spark_jobs.verify.agreement.likeness import CrowdOpinion
from spark_jobs.verify.agreement.network import NetworkOpinion
from spark_jobs.verify.agreement.probability import PRIOR, bounded, posterior
from spark_jobs.verify.agreement.record import RecordOpinion
from spark_jobs.verify.agreement.review_rules import SURE
from spark_jobs.verify.agreement.reviews import ReviewOpinion

WRONG_VERIFIED_REVIEWS = 3.0
"""What a wrong photo among the verified costs, in reviews by a person."""

GOOD_REJECTED_REVIEWS = 20.0
"""What the loss of a good photo costs: its contributor may not send another."""

VERIFIED_FROM = 1 - 1 / WRONG_VERIFIED_REVIEWS
REJECTED_BELOW = 1 / GOOD_REJECTED_REVIEWS
"""A review is worth its price where neither risk is cheaper (Chow 1970, the reject option)."""

DIGITS = 6


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """All that is known of one claim; None where a source abstains.

    `unfit` are the codes of findings that make a photo useless; `right_share` is the share of the
    hub's claims that are right.
    """

    label: str
    findings: Sequence[Finding]
    unfit: frozenset[str]
    right_share: float = PRIOR
    crowd: CrowdOpinion | None = None
    network: NetworkOpinion | None = None
    record: RecordOpinion | None = None
    reviews: ReviewOpinion | None = None


def decide(case: ClaimEvidence, graph: LabelGraph) -> Verdict:
    """Weigh the evidence.

    Rejected: unfit photos, and claims less likely than REJECTED_BELOW that were reviewed, or
    compared with other photos that count as the label: a new label's first photo is not, nor one
    that comes after others were rejected. Verified: claims as likely as VERIFIED_FROM that somebody
    else speaks for (another contributor's photos, the network or a reviewer), of photos without a
    finding, or that a reviewer accepts with it. A person decides the rest. Where people have begun
    to, they are asked until they are SURE.
    """
    opinions = (case.crowd, case.network, case.record, case.reviews)
    ratios = [bounded(opinion.log_ratio) for opinion in opinions if opinion is not None]
    probability = posterior(case.right_share, *ratios)
    outcome = _outcome(case, probability)
    evidence = (
        _evidence("quality", None, words.quality(case.findings)),
        _evidence("crowd", case.crowd, words.crowd(case.crowd, case.label, graph)),
        _evidence("network", case.network, words.network(case.network, case.label, graph)),
        _evidence("contributor", case.record, words.record(case.record)),
        _evidence("reviews", case.reviews, words.reviews(case.reviews)),
    )
    reasons = words.reasons(case.findings, evidence)
    if outcome is not Outcome.VERIFIED and words.is_telling(case.record):
        reasons.append(words.record(case.record).sentence)
    return Verdict(outcome, round(probability, DIGITS), tuple(reasons), evidence)


def _outcome(case: ClaimEvidence, probability: float) -> Outcome:
    if any(finding.code in case.unfit for finding in case.findings):
        return Outcome.REJECTED
    reviewed = case.reviews is not None
    verified_from = SURE if reviewed else VERIFIED_FROM
    compared = case.crowd is not None and math.isfinite(case.crowd.log_ratio)
    if probability < (1 - SURE if reviewed else REJECTED_BELOW) and (compared or reviewed):
        return Outcome.REJECTED
    accepted = case.reviews is not None and case.reviews.log_ratio > 0
    spoken_for = (
        accepted
        or (case.crowd is not None and case.crowd.independent)
        or (case.network is not None and case.network.log_ratio > 0)
    )
    if spoken_for and probability >= verified_from and (accepted or not case.findings):
        return Outcome.VERIFIED
    return Outcome.NEEDS_REVIEW


def _evidence(
    source: str,
    opinion: CrowdOpinion | NetworkOpinion | RecordOpinion | ReviewOpinion | None,
    said: words.Said,
) -> Evidence:
    """One source's view as the probability that it alone would give to a claim like any other."""
    if opinion is None:
        return Evidence(source, None, said.sentence)
    probability = round(posterior(PRIOR, bounded(opinion.log_ratio)), DIGITS)
    return Evidence(source, probability, said.sentence, said.rival)
