"""Who looks at a page: a session that a person began with a token.

The API knows no sessions: a program sends its token. A session's secret is in a cookie that no
script can read; every form that changes something carries a word made from it (`form_word`), which
another site cannot know.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from imagehub.catalogue import sessions
from imagehub.errors import Forbidden, Unauthorised
from imagehub.vocabulary import Account
from webapp.auth import digest
from webapp.gateways import gateways

LASTS_SECONDS = 12 * 3600
FIELD = "form_word"
ELSEWHERE = frozenset({"cross-site", "same-site"})


def viewer() -> Account | None:
    """The person who is signed in; asked of the catalogue once a request, and only for a cookie."""
    if "viewer" not in g:
        secret = request.cookies.get(_cookie_name())
        g.viewer = None
        if secret:
            with gateways().database.transaction() as cursor:
                g.viewer = sessions.find(cursor, digest(secret))
    found: Account | None = g.viewer
    return found


def begin(token: str, answer: AnyResponse) -> None:
    """Begin a session for the token's holder and give its cookie to the answer.

    Raises Unauthorised for a token that nobody holds, and Forbidden where another site sent the
    form: nobody is to be signed in as somebody else unawares.
    """
    if request.headers.get("Sec-Fetch-Site") in ELSEWHERE:
        raise Forbidden("Sign in on a page of this hub.")
    secret = secrets.token_urlsafe(32)
    with gateways().database.transaction() as cursor:
        sessions.forget_ended(cursor)
        if not sessions.begin(cursor, digest(token.strip()), digest(secret), LASTS_SECONDS):
            raise Unauthorised("This token is not valid. Ask an operator for a new one.")
    answer.set_cookie(
        _cookie_name(),
        secret,
        max_age=LASTS_SECONDS,
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
    )


def end(answer: AnyResponse) -> None:
    """End the session and take its cookie back."""
    secret = request.cookies.get(_cookie_name())
    if secret:
        with gateways().database.transaction() as cursor:
            sessions.end(cursor, digest(secret))
    answer.delete_cookie(_cookie_name(), secure=_is_secure(), httponly=True, samesite="Lax")


def require_form_word() -> None:
    """Raise Forbidden for a form that is not from a page that we made for this session."""
    if not hmac.compare_digest(request.form.get(FIELD, "").encode(), form_word().encode()):
        raise Forbidden("This form is out of date. Open the page again and repeat it.")


def form_word() -> str:
    """What the session's forms carry; it does not tell the session's secret."""
    secret = request.cookies.get(_cookie_name(), "")
    return hashlib.sha256(f"form of {secret}".encode()).hexdigest()


def keep_private(answer: Response) -> Response:
    """Let no cache keep a page that was made for one person."""
    if g.get("viewer") is not None:
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.vary.add("Cookie")
    return answer


def _cookie_name() -> str:
    return "__Host-session" if _is_secure() else "session"


def _is_secure() -> bool:
    """True behind HTTPS; whoever forges the header makes only his own cookie stricter."""
    return request.is_secure or request.headers.get("X-Forwarded-Proto") == "https"
