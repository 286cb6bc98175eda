"""From all evidence of one (image, label) to a verdict with reasons that its contributor reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imagehub.vocabulary import Evidence, Finding, Outcome, Verdict
from spark_jobs.agreement.graph import LabelGraph
from spark_jobs.agreement.likeness import CrowdOpinion
from spark_jobs.agreement.network import NetworkOpinion
from spark_jobs.agreement.probability import bounded, posterior

VERIFIED_FROM = 0.7
REJECTED_BELOW = 0.1
CLEAR_RIVAL_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known of one claim; None where a source abstains.

    `unfit` are the codes of findings that make a photo useless.
    """

    label: str
    findings: Sequence[Finding]
    unfit: frozenset[str]
    crowd: CrowdOpinion | None
    network: NetworkOpinion | None


def decide(case: Case, graph: LabelGraph) -> Verdict:
    """Weigh the evidence.

    Rejected: unfit photos, and claims less likely than REJECTED_BELOW. Verified: claims as likely
    as VERIFIED_FROM, of photos without a finding, which the crowd compared or the network saw. A
    person decides the rest: among it every claim of which nothing is known, such as a new label's
    first photo.
    """
    ratios = [bounded(one.log_ratio) for one in (case.crowd, case.network) if one is not None]
    probability = posterior(*ratios)
    evidence = (
        _quality(case.findings),
        _crowd(case.crowd, case.label, graph),
        _network(case.network, case.label, graph),
    )
    outcome = _outcome(case, probability)
    reasons = [finding.sentence for finding in case.findings]
    reasons += [one.sentence for one in evidence[1:] if one.probability is not None]
    if not ratios:
        reasons.append(evidence[1].sentence)
    return Verdict(outcome, round(probability, 4), tuple(reasons), evidence)


def _outcome(case: Case, probability: float) -> Outcome:
    if any(finding.code in case.unfit for finding in case.findings):
        return Outcome.REJECTED
    if probability < REJECTED_BELOW:
        return Outcome.REJECTED
    spoken_for = case.crowd is not None or (case.network is not None and case.network.log_ratio > 0)
    if spoken_for and probability >= VERIFIED_FROM and not case.findings:
        return Outcome.VERIFIED
    return Outcome.NEEDS_REVIEW


def _quality(findings: Sequence[Finding]) -> Evidence:
    if not findings:
        return Evidence("quality", None, "The photo itself is fit.")
    return Evidence("quality", None, " ".join(finding.sentence for finding in findings))


def _crowd(opinion: CrowdOpinion | None, label: str, graph: LabelGraph) -> Evidence:
    name = graph.name(label)
    if opinion is None:
        return Evidence("crowd", None, f"There are too few other photos of {name} to compare.")
    sentence = f"Looks like {opinion.alike} of the {opinion.others} other photos of {name} here."
    if opinion.rival_share >= CLEAR_RIVAL_SHARE:
        sentence = sentence[:-1] + f", and more like {graph.name(opinion.rival)}."
    return Evidence("crowd", round(posterior(bounded(opinion.log_ratio)), 4), sentence)


def _network(opinion: NetworkOpinion | None, label: str, graph: LabelGraph) -> Evidence:
    name = graph.name(label)
    if opinion is None:
        return Evidence("network", None, f"The network has no word for {name}.")
    probability = round(posterior(bounded(opinion.log_ratio)), 4)
    if opinion.named is None:
        return Evidence("network", probability, "The network is not sure what it sees.")
    seen = graph.name(opinion.named)
    if graph.supports(opinion.named, label):
        also = "" if opinion.named == label else f", which is a kind of {name}"
        return Evidence("network", probability, f"The network sees: {seen}{also}.")
    doubt = f", but {name} is possible" if opinion.log_ratio > 0 else f", and no {name}"
    return Evidence("network", probability, f"The network sees: {seen}{doubt}.")
