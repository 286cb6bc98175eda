"""Authentication, once per request: a bearer token or a session leads to an account.

`webapp.http.guard` calls `ask`; all other modules read its result here.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import g, request

from imagehub.catalogue.accounts import account_tokens
from imagehub.catalogue.accounts.account_tokens import Bearer
from imagehub.catalogue.accounts.tokens import digest
from imagehub.errors import Unauthorised
from imagehub.vocabulary import Account, Scope
from webapp.http.resources import resources

SCHEME, NAME_AND_PASSWORD = "bearer", "basic"
HUGGING_FACE = "hf_"
"""How tokens of the Hugging Face Hub begin. Its tools send them to any hub: we pass over them."""


def ask(who: Callable[[], Account | None]) -> Account | None:
    """Find the account of this request, and remember it for the request."""
    g.asker = who()
    return account_if_any()


def account_if_any() -> Account | None:
    """The account that asks; None for a visitor, and where the route does not matter."""
    found: Account | None = g.get("asker")
    return found


def account() -> Account:
    """The account that asks, on a route that needs one; else Unauthorised."""
    found = account_if_any()
    if found is None:
        raise Unauthorised("Sign in first.")
    return found


def bearer() -> Account | None:
    """The account of the request's token, which may be the password of Basic authentication.

    None without a token. Raises Unauthorised for an unknown token. The work is the same whatever
    was sent as a token: one digest and one look at an index of digests.
    """
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() == NAME_AND_PASSWORD and request.authorization is not None:
        token = request.authorization.password or ""
    elif scheme.lower() != SCHEME:
        raise Unauthorised("Send a token as `Authorization: Bearer dih_…`.")
    if token.strip().startswith(HUGGING_FACE):
        return None
    found = bearer_of(token)
    g.scopes = found.scopes
    return found.account


def bearer_of(token: str) -> Bearer:
    """Who holds a token, wherever it was written; else Unauthorised."""
    with resources().sign_in_database.transaction() as cursor:
        found = account_tokens.bearer(cursor, digest(token.strip()))
    if found is None:
        raise Unauthorised("This token is not valid. Make a new one on your account's page.")
    return found


def scopes() -> frozenset[Scope]:
    """What the request's token is good for; nothing without one."""
    found: frozenset[Scope] = g.get("scopes", frozenset())
    return found
