"""Who asks, once a request: a bearer token leads to an account, a session to another.

`webapp.guard` asks; everybody else reads the answer here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from flask import g, request

from imagehub.catalogue import accounts
from imagehub.errors import Unauthorised
from imagehub.vocabulary import Account
from webapp.gateways import gateways

SCHEME = "bearer"


def ask(who: Callable[[], Account | None]) -> Account | None:
    """Find out who asks, and remember it for this request."""
    g.asker = who()
    return asker_if_any()


def asker_if_any() -> Account | None:
    """The account that asks; None for a visitor, and where the route does not matter."""
    found: Account | None = g.get("asker")
    return found


def asker() -> Account:
    """The account that asks, on a route that needs one; else Unauthorised."""
    found = asker_if_any()
    if found is None:
        raise Unauthorised("Sign in first.")
    return found


def bearer() -> Account | None:
    """The account of the request's token; None without a token.

    Raises Unauthorised for a token that nobody holds. The work is the same whatever was sent as
    a token: one digest and one look at an index of digests.
    """
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != SCHEME:
        raise Unauthorised("Send a token as `Authorization: Bearer dih_…`.")
    with gateways().database.transaction() as cursor:
        found = accounts.find_by_token(cursor, digest(token.strip()))
    if found is None:
        raise Unauthorised("This token is not valid. Make a new one on your account's page.")
    return found


def digest(secret: str) -> bytes:
    """The SHA-256 of a token or of a session's secret: all that the catalogue keeps of it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
