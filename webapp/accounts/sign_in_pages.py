"""Sign in with a password, a token or a link that works once; and out."""

from __future__ import annotations

import re

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.errors import Forbidden, HubError, Unauthorised
from webapp.accounts import service as accounts
from webapp.http import sessions
from webapp.http.resources import resources

LOCAL_PATH = re.compile(r"/[A-Za-z0-9_.~%-][A-Za-z0-9_.~%/?=&,+-]{0,500}|/")
"""A path of this hub: another address would lead people elsewhere (`//elsewhere`)."""

pages = Blueprint("sign_in", __name__)
pages.after_request(sessions.never_keep)
Answer = Response | tuple[str, int]


@pages.get("/sign-in")
def show() -> str:
    """The form that takes a password or a token."""
    return _page(local(request.args.get("next", "/")))


@pages.post("/sign-in")
def begin() -> Answer:
    """Begin a session and go where the person wanted to."""
    wanted, token = local(request.form.get("next", "/")), request.form.get("token", "")
    name = request.form.get("name", "")
    answer = redirect(wanted, 303)
    try:
        sessions.require_own_page()
        if token or not name:
            sessions.begin_with_token(token, answer)
        else:
            password = request.form.get("password", "")
            sessions.begin(accounts.sign_in(resources().sign_in_database, name, password), answer)
    except (Unauthorised, Forbidden) as error:
        return _page(wanted, error, name, uses_token=bool(token)), 422
    return answer


@pages.get("/sign-in/link")
def show_link() -> str:
    """A button that uses the link up: merely opening it, as previews do, changes nothing."""
    secret = request.args.get("secret", "")[:100]
    return render_template("sign_in_link.html", secret=secret, error="")


@pages.post("/sign-in/link")
def begin_by_link() -> Answer:
    """Use a link up, and lead to the account's page, where a password is set."""
    sessions.require_own_page()
    try:
        account = accounts.sign_in_by_link(
            resources().sign_in_database, request.form.get("secret", "")
        )
    except Unauthorised as error:
        return render_template("sign_in_link.html", secret="", error=str(error)), 422
    answer = redirect("/account", 303)
    sessions.begin(account, answer)
    return answer


@pages.post("/sign-out")
def end() -> Response:
    """End the session."""
    answer = redirect("/", 303)
    sessions.end(answer)
    return answer


def local(path: str) -> str:
    """The path if it is one of this hub, else the front page's."""
    return path if LOCAL_PATH.fullmatch(path) else "/"


def _page(
    wanted: str, error: HubError | None = None, name: str = "", uses_token: bool = False
) -> str:
    return render_template(
        "sign_in.html",
        next=wanted,
        name=name[:200],
        error="" if uses_token or error is None else str(error),
        token_error=str(error) if uses_token else "",
        is_open=resources().settings.sign_up == "open",
    )
