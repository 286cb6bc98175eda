"""Browsers in which an account has signed in with its password before.

Each has a cookie signed with the hash of that password, so a new password ends them all. It opens
nothing: its holder may try the password at a limit that strangers cannot use up.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from imagehub.catalogue.accounts import credentials
from imagehub.vocabulary import Account
from webapp.http.boundary import is_safe
from webapp.http.resources import resources
from webapp.http.secure import cookie_name, is_secure

LASTS_SECONDS = 400 * 24 * 3600
"""The longest that browsers keep a cookie."""

MAX_COOKIE_CHARACTERS = 200


def remember(account: Account, answer: AnyResponse) -> None:
    """Let this browser be known when the account signs in again; one without a password is not."""
    with resources().sign_in_database.transaction() as cursor:
        kept = credentials.password_hash(cursor, account.id)
    if kept is None:
        return
    word = secrets.token_urlsafe(16)
    answer.set_cookie(
        cookie_name("known-browser"),
        f"{word}.{_signature(word, kept)}",
        max_age=LASTS_SECONDS,
        secure=is_secure(),
        httponly=True,
        samesite="Lax",
    )


def present(name_or_email: str) -> str:
    """A word for the present browser if the account of this name signed in there, else ""."""
    cookie = request.cookies.get(cookie_name("known-browser"), "")
    word, _, signature = cookie.partition(".")
    if not signature or len(cookie) > MAX_COOKIE_CHARACTERS or not is_safe(name_or_email):
        return ""
    with resources().sign_in_database.transaction() as cursor:
        found = credentials.find(cursor, name_or_email.strip())
    if found is None or found.password_hash is None:
        return ""
    is_ours = hmac.compare_digest(
        signature.encode(), _signature(word, found.password_hash).encode()
    )
    return word if is_ours else ""


def _signature(word: str, password_hash: str) -> str:
    return hmac.new(password_hash.encode(), word.encode(), hashlib.sha256).hexdigest()
