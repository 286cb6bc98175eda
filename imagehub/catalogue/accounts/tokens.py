"""Make tokens (`dih_` and 43 characters) and links that sign in once: secrets kept nowhere."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

from imagehub.catalogue.accounts import (
    account_tokens,
    accounts,
    audit_events,
    consents,
    credentials,
)
from imagehub.catalogue.accounts.consents import TERMS_VERSION, GivenBy
from imagehub.catalogue.database import Database
from imagehub.vocabulary import Role, Scope

PREFIX = "dih_"
SECRET_BYTES = 32
LINK_LASTS_SECONDS = 24 * 3600


def issue(database: Database, name: str, roles: Iterable[Role]) -> str:
    """Make a token for the account of that name and return it; it is kept nowhere.

    The account is made if there is none; else it gets these roles too. Who gives the command
    answers for it that the account accepts the terms.
    """
    token = new_token()
    with database.transaction() as cursor:
        account_id = accounts.create_account(cursor, name, roles)
        consents.give(cursor, account_id, TERMS_VERSION, GivenBy.COMMAND)
        account_tokens.add(cursor, account_id, digest(token), "made by command", Scope)
        audit_events.write(cursor, "token made by command", account_id, None)
    return token


def new_token() -> str:
    """A token that nobody has yet."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def issue_link(database: Database, name: str, roles: Iterable[Role] = ()) -> str:
    """Make a secret that signs in once as the account of that name, within 24 hours.

    The account is made if there is none; else it gets these roles too.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with database.transaction() as cursor:
        account_id = accounts.create_account(cursor, name, roles)
        credentials.add_link(cursor, account_id, digest(secret), LINK_LASTS_SECONDS)
        audit_events.write(cursor, "sign-in link made by command", account_id, None)
    return secret


def digest(secret: str) -> bytes:
    """What the catalogue keeps of a secret: its SHA-256."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
