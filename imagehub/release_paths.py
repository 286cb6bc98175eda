"""How a release's folders are called: made of our own ids and a label's name. Pure."""

from __future__ import annotations

import re
import unicodedata

from imagehub.vocabulary import Label

MAX_SLUG_CHARACTERS = 48
MAX_SLUG_BYTES = 96
"""In UTF-8: a folder's name has to fit into a TAR's header, with its split."""


def folder(label: Label) -> str:
    """SLUG-CODE."""
    return f"{slug(label.name)}-{code(label.mid)}"


def slug(name: str) -> str:
    """A name in letters and digits of any script, without accents, and hyphens; never empty."""
    composed = unicodedata.normalize("NFC", name.casefold())
    hyphenated = re.sub("-+", "-", "".join(map(_plain, composed))).strip("-")
    short = hyphenated[:MAX_SLUG_CHARACTERS]
    while len(short.encode()) > MAX_SLUG_BYTES:
        short = short[:-1]
    return short.rstrip("-") or "label"


def is_word(text: str) -> bool:
    """True if all that is beyond ASCII in a text are letters, marks and digits."""
    return all(sign.isascii() or unicodedata.category(sign)[0] in "LMN" for sign in text)


def _plain(sign: str) -> str:
    """ASCII where a sign has it, itself where it is a letter, mark or digit, else a hyphen."""
    plain = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode().lower()
    if plain:
        return re.sub("[^a-z0-9]+", "-", plain)
    return sign if unicodedata.category(sign)[0] in "LMN" else "-"


def code(mid: str) -> str:
    """A MID without its slashes; of the usual kind, /m/..., only what follows."""
    _, kind, rest = mid.split("/")
    return rest if kind == "m" else f"{kind}-{rest}"


def mids_of(folder_name: str) -> list[str]:
    """The MIDs that a folder's name may end with; none for a name that is not made here."""
    found = re.fullmatch(r"(?:[a-z0-9-]|[^\x00-\x7f])+?-(?:([a-z])-)?([a-z0-9_]+)", folder_name)
    if not found:
        return []
    return [f"/m/{found[2]}"] + ([f"/{found[1]}/{found[2]}"] if found[1] else [])
