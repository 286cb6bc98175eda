"""Passwords: what is a good one, and their Argon2id hashes. Pure."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from imagehub.errors import Refused

SHORTEST_CHARACTERS = 10
LONGEST_CHARACTERS = 200
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""19 MiB and two passes: the smallest that OWASP's Password Storage Cheat Sheet recommends."""


def hash_of(password: str, name: str) -> str:
    """The hash of a new password of the account `name`; raise Refused for one that is too weak."""
    text = unicodedata.normalize("NFKC", password)
    if not SHORTEST_CHARACTERS <= len(text) <= LONGEST_CHARACTERS:
        raise Refused(
            "password_weak",
            f"Choose a password of {SHORTEST_CHARACTERS} to {LONGEST_CHARACTERS} characters; "
            "several words are easiest to remember.",
        )
    if name.lower() in text.lower() or len(set(text)) < 5:
        raise Refused(
            "password_weak", "Choose a password without your name, and of more letters than a few."
        )
    return HASHER.hash(text)


def is_right(password: str, kept: str | None) -> bool:
    """True if the password has this hash. It takes as long where there is no hash at all."""
    text = unicodedata.normalize("NFKC", password)[: LONGEST_CHARACTERS + 1]
    try:
        return HASHER.verify(kept or _nobodys(), text) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return HASHER.hash("nobody has this password")
