"""Licences as sources write them: a short name of SPDX, or unknown. Pure, and it never guesses.

Known are licences that let the hub pass a photo on in its own sizes: Creative Commons' without "no
derivatives", and what is in the public domain.
"""

from __future__ import annotations

import re

_DEED = re.compile(
    r"(?:https?://)?(?:www\.)?creativecommons\.org/"
    r"(?:licenses/(by(?:-nc)?(?:-sa)?)/([1-4]\.[05])|publicdomain/(zero|mark)/1\.0)(?:/.*)?"
)
_SHORT = re.compile(r"cc[- ](by(?:-nc)?(?:-sa)?)[- ]([1-4]\.[05])")
_PUBLIC = {"zero": "CC0-1.0", "mark": "PDM-1.0"}
_WORDS = {"cc0-1.0": "CC0-1.0", "cc0 1.0": "CC0-1.0", "pdm-1.0": "PDM-1.0"}


def spdx(words: str) -> str | None:
    """The licence that an address of Creative Commons or a short name means; None: unknown."""
    text = words.strip().lower()
    if text in _WORDS:
        return _WORDS[text]
    if deed := _DEED.fullmatch(text):
        kind, version, public = deed.groups()
        return _PUBLIC[public] if public else f"CC-{kind.upper()}-{version}"
    if short := _SHORT.fullmatch(text):
        return f"CC-{short[1].upper()}-{short[2]}"
    return None


def address(licence: str) -> str:
    """Where a licence of these short names can be read; empty for another."""
    if licence in _PUBLIC.values():
        kind = next(kind for kind, name in _PUBLIC.items() if name == licence)
        return f"https://creativecommons.org/publicdomain/{kind}/1.0/"
    if short := _SHORT.fullmatch(licence.lower()):
        return f"https://creativecommons.org/licenses/{short[1]}/{short[2]}/"
    return ""
