"""What the API answers on reports."""

from __future__ import annotations

from imagehub.answers.answer import Answer


class ReportAnswer(Answer):
    """A report; `hidden` says that nobody sees the photo until an admin has decided."""

    image: str
    kind: str
    hidden: bool
