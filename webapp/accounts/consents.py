"""Consent to the terms and the licence: asked once, and again when the version changes.

It is the account's, whatever it sends with: a session of the web app or a token.
"""

from __future__ import annotations

from imagehub.catalogue.accounts import consents
from imagehub.catalogue.accounts.consents import TERMS_VERSION, Consent, GivenBy
from imagehub.catalogue.database import Cursor, Database
from imagehub.errors import Conflict, Forbidden
from imagehub.vocabulary import Account


def give(database: Database, account: Account, version: int, given_by: GivenBy) -> None:
    """Note that the account accepts this version; Conflict for any but the one in force.

    A consent that was given before stays as it was.
    """
    if version != TERMS_VERSION:
        raise Conflict("The terms have a newer version. Read them again.")
    with database.transaction() as cursor:
        consents.give(cursor, account.id, version, given_by)


def show(database: Database, account: Account) -> Consent | None:
    """The account's consent to the version in force; None where it is still to be asked."""
    with database.transaction() as cursor:
        return _current(cursor, account)


def require(cursor: Cursor, account: Account) -> None:
    """Let an account that accepts the terms in force pass, or raise Forbidden."""
    if _current(cursor, account) is None:
        raise Forbidden("Read the terms at /terms and accept them; then send your photos.")


def _current(cursor: Cursor, account: Account) -> Consent | None:
    found = consents.latest(cursor, account.id)
    return found if found and found.terms_version >= TERMS_VERSION else None
