"""A verdict in words, as images and receipts tell it."""

from __future__ import annotations

from pydantic import BaseModel

from webapp.images.explanations import Explanation, Speaks


class EvidenceAnswer(BaseModel):
    """What one source says of the label; its number is told to admins only."""

    source: str
    speaks: Speaks
    sentence: str
    probability: float | None


class ExplanationAnswer(BaseModel):
    """A verdict for people: `certainty` goes in steps, `next_steps` are its contributor's."""

    headline: str
    certainty: str
    evidence: list[EvidenceAnswer]
    next_steps: list[str]
    verification_version: int


def evidence(explanation: Explanation) -> list[EvidenceAnswer]:
    """The lines of an explanation as the API tells them."""
    return [
        EvidenceAnswer(
            source=line.source,
            speaks=line.speaks,
            sentence=line.sentence,
            probability=line.probability,
        )
        for line in explanation.lines
    ]
