"""Sessions of people in a browser, begun with a password, a link or a token.

The API has no sessions: a program sends its token. A session's secret is in a cookie that no script
can read. Every form that changes something carries a token derived from it (`csrf_token`), which
another site cannot know.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from imagehub.catalogue.accounts import rate_counts, sessions
from imagehub.catalogue.accounts.sessions import NewSession
from imagehub.catalogue.accounts.tokens import digest
from imagehub.errors import Forbidden
from imagehub.vocabulary import Account, Scope
from webapp.http import auth, known_browsers
from webapp.http.browsers import describe
from webapp.http.resources import resources
from webapp.http.secure import cookie_name, is_secure

COOKIE = "session"
LASTS_SECONDS = 12 * 3600
FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
"""Where a script of ours sends what is no form."""

ELSEWHERE = frozenset({"cross-site", "same-site"})


def viewer() -> Account | None:
    """The person who is signed in; asked of the catalogue once a request, and only for a cookie."""
    if "viewer" not in g:
        secret = request.cookies.get(cookie_name(COOKIE))
        g.viewer = None
        if secret:
            with resources().sign_in_database.transaction() as cursor:
                g.viewer = sessions.find(cursor, digest(secret))
    found: Account | None = g.viewer
    return found


def begin_with_token(token: str, answer: AnyResponse) -> None:
    """Begin a session for the token's holder and give its cookie to the answer.

    Raises Unauthorised for an unknown token, Forbidden for one that is good for some
    things only: a session is good for all.
    """
    if auth.bearer_of(token).scopes != frozenset(Scope):
        raise Forbidden("This token is for programs. Sign in with your password.")
    secret = secrets.token_urlsafe(32)
    with resources().sign_in_database.transaction() as cursor:
        sessions.forget_ended(cursor)
        sessions.begin_with_token(cursor, digest(token.strip()), _new(secret))
    _give(secret, answer)


def begin(account: Account, answer: AnyResponse) -> None:
    """Begin a session for a person who has shown who it is, and give its cookie to the answer."""
    secret = secrets.token_urlsafe(32)
    with resources().sign_in_database.transaction() as cursor:
        sessions.forget_ended(cursor)
        rate_counts.forget_ended(cursor)
        sessions.begin(cursor, account.id, _new(secret))
    _give(secret, answer)
    known_browsers.remember(account, answer)


def _new(secret: str) -> NewSession:
    return NewSession(
        digest(secret), LASTS_SECONDS, describe(request.headers.get("User-Agent", ""))
    )


def require_own_page() -> None:
    """Raise Forbidden where another site sent a form of a visitor.

    Nobody is to be signed in as somebody else unawares. Browsers name the site in `Origin` also
    where they leave `Sec-Fetch-Site` out: on plain HTTP.
    """
    origin = request.headers.get("Origin")
    is_elsewhere = origin is not None and not _is_own(origin)
    if is_elsewhere or request.headers.get("Sec-Fetch-Site") in ELSEWHERE:
        raise Forbidden("Do this on a page of this hub.")


def _is_own(origin: str) -> bool:
    """True for the host that was asked; a proxy may have left its port out of `Host`."""
    asked = f"//{request.host}"
    try:
        here, there = urlsplit(asked), urlsplit(origin)
        same_port = here.port in (None, there.port)
    except ValueError:
        return False
    return there.scheme in ("http", "https") and here.hostname == there.hostname and same_port


def present() -> bytes:
    """The digest of the present session's secret."""
    return digest(request.cookies.get(cookie_name(COOKIE), ""))


def _give(secret: str, answer: AnyResponse) -> None:
    answer.set_cookie(
        cookie_name(COOKIE),
        secret,
        max_age=LASTS_SECONDS,
        secure=is_secure(),
        httponly=True,
        samesite="Lax",
    )


def end(answer: AnyResponse) -> None:
    """End the session and take its cookie back."""
    secret = request.cookies.get(cookie_name(COOKIE))
    if secret:
        with resources().sign_in_database.transaction() as cursor:
            sessions.end(cursor, digest(secret))
    answer.delete_cookie(cookie_name(COOKIE), secure=is_secure(), httponly=True, samesite="Lax")


def require_csrf_token() -> None:
    """Raise Forbidden for a form that is not from a page that we made for this session."""
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not hmac.compare_digest(sent.encode(), csrf_token().encode()):
        raise Forbidden("This form is out of date. Open the page again and repeat it.")


def csrf_token() -> str:
    """What the session's forms carry; it does not tell the session's secret."""
    secret = request.cookies.get(cookie_name(COOKIE), "")
    return hashlib.sha256(f"form of {secret}".encode()).hexdigest()


def never_keep(answer: Response) -> Response:
    """Let no cache keep a page that shows or takes a secret."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def keep_private(answer: Response) -> Response:
    """Let no cache keep a page that was made for one person."""
    if g.get("viewer") is not None:
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.vary.add("Cookie")
    return answer
