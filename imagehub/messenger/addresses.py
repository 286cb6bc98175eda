"""E-mail addresses that a letter can go to."""

from __future__ import annotations

import re
from email.headerregistry import Address

_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN = re.compile(rf"{_WORD}(?:\.{_WORD})*@(?:{_LABEL}\.)+[A-Za-z]{{2,24}}")
_ENCODED_WORD = "=?"
MAX_LOCAL_CHARACTERS = 64
MAX_CHARACTERS = 254


def is_address(text: str) -> bool:
    """True for one plain address (RFC 5322's dot-atom, at a domain name).

    A quoted, commented or grouped one, several, and what a mail program would decode are none.
    """
    if len(text) > MAX_CHARACTERS or _ENCODED_WORD in text or not _PLAIN.fullmatch(text):
        return False
    if len(text.partition("@")[0]) > MAX_LOCAL_CHARACTERS:
        return False
    try:
        return Address(addr_spec=text).addr_spec == text
    except ValueError:
        return False
