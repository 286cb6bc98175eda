"""Explain a verdict to the person who reads it. Pure.

Only admins see numbers. Everybody else reads words and coarse steps: with the exact
probability an attacker could change a wrong photo little by little until it passes. What speaks of
a person, such as a contributor's record, is shown to no one else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imagehub.answers.explanations import Speaks
from imagehub.vocabulary import Evidence, Label, Outcome, Verdict
from webapp.images.advice import next_steps

OF_THE_PHOTO = frozenset({"quality", "network", "crowd", "reviews"})
"""Sources that speak of the photo alone; what any other one says may concern a person."""

STEPS = (
    (0.99, "More than 99 of 100"),
    (0.97, "About 98 of 100"),
    (0.90, "About 95 of 100"),
    (0.70, "About 8 of 10"),
    (0.30, "About 5 of 10"),
    (0.10, "About 2 of 10"),
    (0.01, "About 5 of 100"),
    (0.00, "Fewer than 1 of 100"),
)
LITTLE, MUCH = 0.3, 1.5
"""Log likelihood ratios from which a source speaks for or against a label, and does so clearly."""


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One source's evidence; `probability` only for admins."""

    source: str
    speaks: Speaks
    sentence: str
    probability: float | None
    rival: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """The reader: `is_sender` sent the photo as this label, `alone` if no other account did."""

    sees_numbers: bool = False
    is_sender: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class VerdictContext:
    """A verdict and what its words need: codes of findings, names of rivals, the prior if known."""

    label: Label
    verdict: Verdict
    findings: Sequence[str]
    rivals: Mapping[str, str]
    prior: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict in words; `next_steps` say what its contributor can do now.

    `rivals` are the other labels that its lines name; `all_reasons` are the verdict's reasons,
    `reasons` those that no line says already.
    """

    headline: str
    certainty: str
    lines: tuple[EvidenceLine, ...]
    all_reasons: tuple[str, ...]
    reasons: tuple[str, ...]
    next_steps: tuple[str, ...]
    rivals: tuple[Label, ...]
    probability: float | None


def explain(case: VerdictContext, reader: Reader) -> Explanation:
    """Put a verdict into the words that this reader may read."""
    told = [seen for seen in case.verdict.evidence if _may_read(seen.source, reader)]
    untold = {seen.sentence for seen in case.verdict.evidence if seen not in told}
    lines = tuple(_line(seen, case, reader.sees_numbers) for seen in told)
    probability = case.verdict.probability
    reasons = tuple(reason for reason in case.verdict.reasons if reason not in untold)
    sentences = " ".join(line.sentence for line in lines)
    rivals = _rivals(case, lines)
    return Explanation(
        headline=_headline(case, lines),
        certainty=(
            _exact(probability, case.label)
            if reader.sees_numbers
            else f"{step(probability)} photos with such evidence show {case.label.name}."
        ),
        lines=lines,
        all_reasons=reasons,
        reasons=tuple(reason for reason in reasons if reason not in sentences),
        next_steps=(
            next_steps(case.label, case.verdict.outcome, case.findings, rivals)
            if reader.is_sender or reader.sees_numbers
            else ()
        ),
        rivals=rivals,
        probability=probability if reader.sees_numbers else None,
    )


def step(probability: float) -> str:
    """A probability as one of eight steps."""
    return next(words for least, words in STEPS if probability >= least)


def speaks(probability: float | None, prior: float | None) -> Speaks:
    """What a source's probability says, against what was believed before it spoke."""
    if probability is None:
        return Speaks.NO_OPINION
    ratio = _log_odds(probability) - _log_odds(0.5 if prior is None else prior)
    if abs(ratio) < LITTLE:
        return Speaks.UNDECIDED
    if ratio > 0:
        return Speaks.CLEARLY_FOR if ratio >= MUCH else Speaks.FOR
    return Speaks.CLEARLY_AGAINST if ratio <= -MUCH else Speaks.AGAINST


def _may_read(source: str, reader: Reader) -> bool:
    """Admins see a record, and its owner does if it cannot be another's."""
    return source in OF_THE_PHOTO or reader.sees_numbers or (reader.is_sender and reader.alone)


def _line(seen: Evidence, case: VerdictContext, with_number: bool) -> EvidenceLine:
    said = speaks(seen.probability, case.prior)
    if seen.source == "quality" and seen.probability is None and case.findings:
        said = Speaks.AGAINST
    number = seen.probability if with_number else None
    return EvidenceLine(seen.source, said, seen.sentence, number, seen.rival)


def _headline(case: VerdictContext, lines: Sequence[EvidenceLine]) -> str:
    name = case.label.name
    if case.verdict.outcome is Outcome.VERIFIED:
        return f"It counts as {name}."
    if case.verdict.outcome is Outcome.NEEDS_REVIEW:
        return f"We are not sure that it shows {name}: a person will look."
    others = [line for line in lines if line.source != "quality" and line.speaks.is_against]
    if case.findings and not others:
        return "The photo itself cannot be used."
    return f"It does not seem to show {name}."


def _rivals(case: VerdictContext, lines: Sequence[EvidenceLine]) -> tuple[Label, ...]:
    mids = dict.fromkeys(line.rival for line in lines if line.rival)
    return tuple(Label(mid, case.rivals[mid]) for mid in mids if mid in case.rivals)


def _exact(probability: float, label: Label) -> str:
    share = round(100 * probability)
    if share in (0, 100):
        return f"{step(probability)} photos with such evidence show {label.name}."
    return f"{share} of 100 photos with such evidence show {label.name}."


def _log_odds(probability: float) -> float:
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))
