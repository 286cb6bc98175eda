"""What the API answers on uploads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from imagehub.answers.answer import Answer, Unsent
from imagehub.answers.explanations import ExplanationAnswer
from imagehub.answers.labels import LabelName
from imagehub.vocabulary import UploadState


class Step(Answer):
    """One state that an upload has passed."""

    state: UploadState
    at: datetime
    code: str | None = None
    reasons: tuple[str, ...] = ()


class Receipt(Answer):
    """Where an upload stands; the last step is the newest, `verdict` explains a decided one."""

    id: UUID
    state: UploadState
    claimed_label: Annotated[LabelName | None, Unsent(None)]
    photo_sha256: Annotated[str | None, Unsent(None)]
    image_id: Annotated[str | None, Unsent(None)]
    duplicate_of: Annotated[str | None, Unsent(None)]
    steps: Annotated[tuple[Step, ...], Unsent(())]
    verdict: ExplanationAnswer | None = None

    @property
    def reason(self) -> str:
        """Why it stands where it stands, in words; empty if there is nothing to say."""
        return " ".join(self.steps[-1].reasons) if self.steps else ""

    @property
    def code(self) -> str | None:
        """The newest step's code for programs."""
        return self.steps[-1].code if self.steps else None


class Receipts(Answer):
    """A page of receipts; `next` is the next page's `after`."""

    uploads: tuple[Receipt, ...]
    next: Annotated[str | None, Unsent(None)]
