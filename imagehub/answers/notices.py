"""What the API answers on notices."""

from __future__ import annotations

from datetime import datetime

from imagehub.answers.answer import Answer


class NoticeTold(Answer):
    """One notice; `link` is a page of the hub, or empty."""

    id: int
    kind: str
    words: str
    link: str
    made_at: datetime
    read_at: datetime | None


class Notices(Answer):
    """A page of notices, the newest first; `unread` counts all that are new, up to 100."""

    notices: tuple[NoticeTold, ...]
    unread: int
    next: str | None
