"""Who asks: a bearer token leads to an account. Browsers' sessions are in `webapp.sessions`."""

from __future__ import annotations

import hashlib

from flask import request

from imagehub.catalogue import accounts
from imagehub.errors import Forbidden, Unauthorised
from imagehub.vocabulary import Account, Role
from webapp.gateways import gateways

SCHEME = "bearer"


def account() -> Account | None:
    """The asker's account; None without a token.

    Raises Unauthorised for a token that nobody holds. The work is the same whatever was sent as
    a token: one digest and one look at an index of digests.
    """
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != SCHEME:
        raise Unauthorised("Send a token as `Authorization: Bearer dih_…`.")
    return holder(token)


def holder(token: str) -> Account:
    """The account that holds a token, wherever the token was written; else Unauthorised."""
    with gateways().database.transaction() as cursor:
        found = accounts.find_by_token(cursor, digest(token.strip()))
    if found is None:
        raise Unauthorised("This token is not valid. Ask an operator for a new one.")
    return found


def require(*roles: Role) -> Account:
    """The asker's account with at least one of the roles (any account if none is named).

    Raises Unauthorised without a valid token and Forbidden without the role.
    """
    asker = account()
    if asker is None:
        raise Unauthorised(
            "This needs a token: IMAGEHUB_TOKEN, or the header `Authorization: Bearer dih_…`."
        )
    if roles and asker.roles.isdisjoint(roles):
        needed = " or ".join(sorted(role.value for role in roles))
        raise Forbidden(f"This needs the role {needed}, which your token does not have.")
    return asker


def digest(secret: str) -> bytes:
    """The SHA-256 of a token or of a session's secret: all that the catalogue keeps of it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
