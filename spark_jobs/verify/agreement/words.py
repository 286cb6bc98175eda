"""What each source says, in sentences for the contributor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imagehub.vocabulary import Evidence, Finding
from spark_jobs.verify.agreement.graph import LabelGraph
from spark_jobs.verify.agreement.likeness import CrowdOpinion
from spark_jobs.verify.agreement.network import NetworkOpinion
from spark_jobs.verify.agreement.record import RecordOpinion
from spark_jobs.verify.agreement.reviews import ReviewOpinion

CLEAR_RIVAL_SHARE = 0.5
TELLING_RATIO = 1.0
"""From such a log likelihood ratio on, either way, a record is worth a word."""

SEEN_IN_THE_PHOTO = frozenset({"crowd", "network", "reviews"})


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and the MID of the other label that it names, if it names one."""

    sentence: str
    rival: str | None = None


def quality(findings: Sequence[Finding]) -> Said:
    """What the checks found."""
    return Said(" ".join(finding.sentence for finding in findings) or "The photo itself is fit.")


def crowd(opinion: CrowdOpinion | None, label: str, graph: LabelGraph) -> Said:
    """How the photo looks beside the label's other photos."""
    name = graph.name(label)
    if opinion is None:
        return Said(f"There are too few other photos of {name} to compare.")
    sentence = f"Looks like {opinion.alike} of the {opinion.others} other photos of {name} here"
    if not opinion.independent:
        sentence += ", which all come from the same contributor"
    if opinion.rival_share < CLEAR_RIVAL_SHARE:
        return Said(f"{sentence}.")
    return Said(f"{sentence}, and more like {graph.name(opinion.rival)}.", opinion.rival)


def network(opinion: NetworkOpinion | None, label: str, graph: LabelGraph) -> Said:
    """What the class network sees."""
    name = graph.name(label)
    if opinion is None:
        return Said(f"The network has no word for {name}.")
    doubt = f", but {name} is possible" if opinion.log_ratio > 0 else f", and no {name}"
    if opinion.named is None:
        return Said(f"The network sees nothing that it is sure of{doubt}.")
    seen = graph.name(opinion.named)
    if graph.supports(opinion.named, label):
        also = "" if opinion.named == label else f", which is a kind of {name}"
        return Said(f"The network sees: {seen}{also}.")
    return Said(f"The network sees: {seen}{doubt}.", opinion.named)


def record(opinion: RecordOpinion | None) -> Said:
    """How often the contributor's other labels were right."""
    if opinion is None:
        return Said("Nothing is known of this contributor's other labels.")
    if is_telling(opinion):
        return Said("Many of this contributor's other labels seem to be wrong.")
    if opinion.log_ratio >= TELLING_RATIO:
        return Said("Almost all of this contributor's other labels are right.")
    return Said("This contributor's other labels are about as right as anybody's.")


def reviews(opinion: ReviewOpinion | None) -> Said:
    """What people said who looked at it."""
    if opinion is None:
        return Said("No person has looked at it yet.")
    people = "1 person" if opinion.yes + opinion.no == 1 else f"{opinion.yes + opinion.no} people"
    return Said(f"{people} looked at it: {opinion.yes} said yes, {opinion.no} said no.")


def reasons(findings: Sequence[Finding], evidence: Sequence[Evidence]) -> list[str]:
    """What to tell of it all: findings, and what was seen in the photo."""
    told = [finding.sentence for finding in findings]
    seen = [
        piece
        for piece in evidence
        if piece.source in SEEN_IN_THE_PHOTO and piece.probability is not None
    ]
    if not seen:
        seen = [piece for piece in evidence if piece.source == "crowd"]
    return told + [piece.sentence for piece in seen]


def is_telling(opinion: RecordOpinion | None) -> bool:
    """True for a record that makes a claim clearly less likely."""
    return opinion is not None and opinion.log_ratio <= -TELLING_RATIO
