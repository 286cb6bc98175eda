"""The permission check before every request, by the table `webapp/access.toml`."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from imagehub.errors import Unauthorised
from imagehub.vocabulary import MAX_PHOTO_BYTES, Account
from webapp.http import access, auth, known_browsers, limits, sessions
from webapp.http.access import Route
from webapp.http.limits import Requester
from webapp.http.resources import resources

NO_ROUTE = frozenset({"HEAD", "OPTIONS"})
"""Flask answers these itself, from the route's GET or from its methods."""


def install(app: Flask) -> None:
    """Ask before every request; raise Misconfigured if the table and the routes differ."""
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - NO_ROUTE
    }
    access.table().require_whole(routes)
    app.before_request(check)


def check() -> Response | None:
    """Let the present request pass, or raise what its asker hears.

    Visitors of a page that is not for them are led to the sign-in.
    """
    if request.url_rule is None or request.method == "OPTIONS":
        return None
    route = access.table().route(request.method, request.url_rule.rule)
    if not route.asks_who:
        _count(route, None)
        return None
    account = auth.ask(auth.bearer if route.takes_token else sessions.viewer)
    if account is not None and route.takes_token:
        route.require_scope(auth.scopes())
    if not route.needs_account:
        if account is not None and route.method != "GET" and not route.takes_token:
            sessions.require_csrf_token()
        _count(route, account)
        return None
    if account is None:
        return _lead_to_sign_in(route)
    if route.method != "GET" and not route.takes_token:
        sessions.require_csrf_token()
    route.require_role(account)
    _count(route, account)
    return None


def _count(route: Route, account: Account | None) -> None:
    if route.limit is None:
        return
    hub = resources()
    is_trying = account is None and not route.is_program
    name = request.form.get("name", "") if is_trying else ""
    body_bytes = min(request.content_length or 0, MAX_PHOTO_BYTES)  # more is refused unread
    requester = Requester(
        account if route.asks_who else _member(route),
        limits.tried_name(name),
        request.remote_addr or "",
        body_bytes,
        known_browsers.present(name) if name else "",
    )
    limits.count(hub.sign_in_database, route.limit, requester, hub.settings.limit_factor)


def _member(route: Route) -> Account | None:
    """Who uses a route for which it does not matter: strangers cannot use up a member's limit."""
    if route.takes_token:
        try:
            return auth.bearer()
        except Unauthorised:
            return None
    return sessions.viewer()


def _lead_to_sign_in(route: Route) -> Response:
    if route.takes_token:
        raise Unauthorised(
            "This needs a token: IMAGEHUB_TOKEN, or the header `Authorization: Bearer dih_…`."
        )
    if route.method != "GET" or route.is_program:
        raise Unauthorised("Sign in first.")
    return redirect(f"/sign-in?next={quote(request.full_path.rstrip('?'), safe='')}", 303)
