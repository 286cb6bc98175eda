"""What the API answers on demands."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from imagehub.answers.answer import Answer
from imagehub.answers.labels import LabelName


class Demand(Answer):
    """A demand: `verified` of `target` photos have come since it was asked.

    `state` is open, reached, expired, withdrawn or closed; `is_watched`: you get its notices.
    """

    id: UUID
    label: LabelName
    target: int
    verified: int
    why: str
    asker: str
    asked_at: datetime
    until: datetime
    watchers: int
    state: str
    ended_at: datetime | None
    is_watched: bool


class Demands(Answer):
    """Open demands, the most needed first; `next` is the next page's `after`, if there is one."""

    demands: tuple[Demand, ...]
    next: str | None = None
