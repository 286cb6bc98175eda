"""How a release's folders are called: made of our own ids and a label's name. Pure."""

from __future__ import annotations

import re
import unicodedata

from imagehub.vocabulary import Label

MAX_SLUG_CHARACTERS = 48


def folder(label: Label) -> str:
    """SLUG-CODE."""
    return f"{slug(label.name)}-{code(label.mid)}"


def slug(name: str) -> str:
    """A name in a-z, 0-9 and hyphens; never empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    hyphenated = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return hyphenated[:MAX_SLUG_CHARACTERS].rstrip("-") or "label"


def code(mid: str) -> str:
    """A MID without its slashes; of the usual kind, /m/..., only what follows."""
    _, kind, rest = mid.split("/")
    return rest if kind == "m" else f"{kind}-{rest}"


def mids_of(folder_name: str) -> list[str]:
    """The MIDs that a folder's name may end with; none for a name that is not made here."""
    found = re.fullmatch(r"[a-z0-9-]+?-(?:([a-z])-)?([a-z0-9_]+)", folder_name)
    if not found:
        return []
    return [f"/m/{found[2]}"] + ([f"/{found[1]}/{found[2]}"] if found[1] else [])
