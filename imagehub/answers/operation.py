"""What the API answers on the hub as a whole: its probes, its counts, its verification."""

from __future__ import annotations

from datetime import datetime

from imagehub.answers.answer import Answer


class Health(Answer):
    """The process answers."""

    status: str = "ok"


class Readiness(Answer):
    """Each part the API needs, and whether it answers."""

    ready: bool
    parts: dict[str, bool]


class Status(Answer):
    """What the hub holds. Verdicts count (image, label) pairs of the current verification."""

    accepted: int
    landed: int
    refused: int
    refused_at_the_door: int
    images: int
    exact_duplicates: int
    near_duplicates: int
    verified: int
    needs_review: int
    rejected: int
    label_sets: int
    clusters: int
    label_set_version: int | None
    waiting_to_land: int
    waiting_for_verdict: int
    set_aside: int


class Verification(Answer):
    """The version whose verdicts count, its networks by name, and since when it counts."""

    version: int
    networks: tuple[str, ...]
    current_since: datetime | None
