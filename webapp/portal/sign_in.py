"""Sign in with a token, and out."""

from __future__ import annotations

import re

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.errors import Forbidden, Unauthorised
from webapp import sessions

LOCAL_PATH = re.compile(r"/[A-Za-z0-9_.~%-][A-Za-z0-9_.~%/?=&,+-]{0,500}|/")
"""A path of this hub: another address would lead people elsewhere (`//elsewhere`)."""

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
def show() -> str:
    """The form that takes a token."""
    return render_template("sign_in.html", next=_next(request.args.get("next", "/")), error="")


@pages.post("/sign-in")
def begin() -> Response | tuple[str, int]:
    """Begin a session and go where the person wanted to."""
    wanted = _next(request.form.get("next", "/"))
    answer = redirect(wanted, 303)
    try:
        sessions.begin(request.form.get("token", ""), answer)
    except (Unauthorised, Forbidden) as error:
        return render_template("sign_in.html", next=wanted, error=str(error)), 422
    return answer


@pages.post("/sign-out")
def end() -> Response:
    """End the session."""
    answer = redirect("/", 303)
    sessions.end(answer)
    return answer


def _next(path: str) -> str:
    return path if LOCAL_PATH.fullmatch(path) else "/"
