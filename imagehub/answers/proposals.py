"""What the API answers on labels that people miss."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from imagehub.answers.answer import Answer
from imagehub.answers.labels import LabelName


class NameThere(Answer):
    """A name that is there: of a label, or of a proposal that waits."""

    name: str
    label: LabelName | None
    proposal: UUID | None


class NamesThere(Answer):
    """Names like the one asked for, the most alike first."""

    names: tuple[NameThere, ...]


class ProposedLabel(Answer):
    """A proposal; `state` is waiting, accept, merge or decline; `label` is what it became."""

    id: UUID
    name: str
    parents: tuple[LabelName, ...]
    why: str
    proposer: str
    is_own: bool
    proposed_at: datetime
    state: str
    reason: str
    label: LabelName | None


class ProposedLabels(Answer):
    """Proposals: those that wait, the oldest first, then those that were decided last."""

    proposals: tuple[ProposedLabel, ...]
