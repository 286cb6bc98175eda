"""Names of the files of a release: made of our own ids and a label's name with nothing unsafe."""

from __future__ import annotations

from imagehub.release_paths import code, folder, slug
from imagehub.vocabulary import Label

__all__ = ["code", "path", "slug"]


def path(split: str, label: Label, image_id: str) -> str:
    """SPLIT/SLUG-CODE/IMAGE.jpg."""
    return f"{split}/{folder(label)}/{image_id}.jpg"
