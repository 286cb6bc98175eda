"""What the API answers on reviews."""

from __future__ import annotations

from datetime import datetime

from imagehub.answers.answer import Answer
from imagehub.vocabulary import ReviewAnswer


class ReviewOfImage(Answer):
    """The requester's answer on one claim; `answer` is absent if there is none."""

    image: str
    label: str
    answer: ReviewAnswer | None
    reviewed_at: datetime | None
