"""Sign up: a name and a password, and one may send photos."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.errors import Conflict, NotFound, Refused
from webapp.accounts import service as accounts
from webapp.accounts.service import Newcomer
from webapp.accounts.sign_in_pages import local
from webapp.http import sessions
from webapp.http.resources import resources

FIELD_OF = {"email_invalid": "email", "password_weak": "password"}

pages = Blueprint("sign_up", __name__)
pages.after_request(sessions.never_keep)


@pages.get("/sign-up")
def show() -> str:
    """The form, where this hub lets everybody sign up."""
    _require_open()
    return _page(local(request.args.get("next", "/")), {})


@pages.post("/sign-up")
def make() -> Response | tuple[str, int]:
    """Make the account, begin its first session and go where the person wanted to."""
    _require_open()
    sessions.require_own_page()
    form, wanted = request.form, local(request.form.get("next", "/"))
    newcomer = Newcomer(form.get("name", ""), form.get("password", ""), form.get("email", ""))
    answer = redirect(wanted, 303)
    try:
        sessions.begin(accounts.sign_up(resources().sign_in_database, newcomer), answer)
    except Refused as error:
        return _page(wanted, {FIELD_OF.get(error.code, "name"): error.sentence}), 422
    except Conflict as error:
        return _page(wanted, {"email" if "e-mail" in str(error) else "name": str(error)}), 422
    return answer


def _require_open() -> None:
    if resources().settings.sign_up != "open":
        raise NotFound("Nobody signs up here; an admin makes accounts.")


def _page(wanted: str, errors: dict[str, str]) -> str:
    return render_template(
        "sign_up.html",
        next=wanted,
        name=request.form.get("name", "")[:100],
        email=request.form.get("email", "")[:300],
        errors=errors,
    )
