"""Names of the files of a release: made of our own ids and a label's name with nothing unsafe."""

from __future__ import annotations

import re
import unicodedata

from imagehub.vocabulary import Label

MAX_SLUG_CHARACTERS = 48


def path(split: str, label: Label, image_id: str) -> str:
    """SPLIT/SLUG-CODE/IMAGE.jpg."""
    return f"{split}/{slug(label.name)}-{code(label.mid)}/{image_id}.jpg"


def slug(name: str) -> str:
    """A name in a-z, 0-9 and hyphens; never empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return words[:MAX_SLUG_CHARACTERS].rstrip("-") or "label"


def code(mid: str) -> str:
    """A MID without its slashes; of the usual kind, /m/..., only what follows."""
    _, kind, rest = mid.split("/")
    return rest if kind == "m" else f"{kind}-{rest}"
