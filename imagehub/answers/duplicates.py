"""What the API answers on duplicates that people part."""

from __future__ import annotations

from imagehub.answers.answer import Answer


class PairAnswer(Answer):
    """Two images; `parted` says that people call them different photos.

    The job that groups duplicates heeds it in its next run, and in all later ones.
    """

    image: str
    other: str
    parted: bool
