"""Make tokens: `dih_` and 43 characters that only their bearer knows."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

from imagehub.catalogue import accounts
from imagehub.catalogue.database import Database
from imagehub.vocabulary import Role

PREFIX = "dih_"
SECRET_BYTES = 32


def issue(database: Database, name: str, roles: Iterable[Role]) -> str:
    """Make a token for the account of that name and return it; it is kept nowhere.

    The account is made if there is none; else it gets these roles too.
    """
    token = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with database.transaction() as cursor:
        account_id = accounts.create_account(cursor, name, roles)
        accounts.add_token(cursor, account_id, digest(token))
    return token


def digest(token: str) -> bytes:
    """What the catalogue keeps of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()
