"""A verdict in words, as the API tells it of images and in receipts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from imagehub.answers.answer import Answer, Unsent


class Speaks(StrEnum):
    """Whether a source is for the label or against it."""

    CLEARLY_FOR = "clearly_for"
    FOR = "for"
    UNDECIDED = "undecided"
    AGAINST = "against"
    CLEARLY_AGAINST = "clearly_against"
    NO_OPINION = "no_opinion"

    @classmethod
    def _missing_(cls, _: object) -> Speaks:
        """A newer hub may say what an older client does not know."""
        return cls.NO_OPINION

    @property
    def is_against(self) -> bool:
        """True for both degrees."""
        return self in (Speaks.AGAINST, Speaks.CLEARLY_AGAINST)


class EvidenceAnswer(Answer):
    """What one source says of the label; only admins read its number."""

    source: str
    speaks: Speaks
    sentence: str
    probability: Annotated[float | None, Unsent(None)]


class ExplanationAnswer(Answer):
    """A verdict for people: `certainty` goes in steps, `next_steps` are its contributor's."""

    headline: Annotated[str, Unsent("")]
    certainty: Annotated[str, Unsent("")]
    evidence: Annotated[tuple[EvidenceAnswer, ...], Unsent(())]
    next_steps: Annotated[tuple[str, ...], Unsent(())]
    verification_version: Annotated[int, Unsent(0)]
