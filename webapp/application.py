"""The web application: the composition root of portal and API."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from imagehub.errors import NotFound
from imagehub.settings import Settings
from webapp import api, phone
from webapp import pages as portal
from webapp.http import errors, guard, resources, timing
from webapp.http.boundary import is_safe
from webapp.http.secure import is_secure
from webapp.http.strict_request import StrictRequest

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

HTTPS_ONLY = f"max-age={365 * 24 * 3600}"
"""Said where it was HTTPS already: browsers then ask for nothing else for a year."""


def create_app(settings: Settings) -> Flask:
    """Build the application; nothing connects before the first request needs it.

    Raises Misconfigured where a route has no line in `webapp/access.toml`.
    """
    app = Flask("webapp")
    app.request_class = StrictRequest
    app.config.update(
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=64 * 1024,  # uploads raise it for themselves
        MAX_FORM_MEMORY_SIZE=64 * 1024,
        MAX_FORM_PARTS=32,
    )
    resources.install(app, resources.Resources(settings))
    errors.register(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops)  # type: ignore[method-assign] # Flask's way to wrap
    timing.install(app)
    app.before_request(_refuse_unsafe_paths)
    app.after_request(_harden)
    for blueprint in api.blueprints():
        app.register_blueprint(blueprint)
    portal.register(app)
    phone.register(app)
    guard.install(app)
    return app


def _refuse_unsafe_paths() -> None:
    if not is_safe(request.path):
        raise NotFound


def _harden(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if is_secure():
        response.headers["Strict-Transport-Security"] = HTTPS_ONLY
    return response
