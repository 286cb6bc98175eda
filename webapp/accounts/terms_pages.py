"""The terms in plain words, and the button that accepts them."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.catalogue.accounts.consents import TERMS_VERSION, GivenBy
from imagehub.errors import Refused
from webapp.accounts import consents
from webapp.http import auth, sessions
from webapp.http.resources import resources

pages = Blueprint("terms", __name__)


@pages.get("/terms")
def show() -> str:
    """The terms, and since when the person who is signed in has accepted them."""
    asker = auth.ask(sessions.viewer)
    return render_template(
        "terms.html",
        version=TERMS_VERSION,
        consent=consents.show(resources().database, asker) if asker else None,
    )


@pages.post("/terms")
def accept() -> Response:
    """Note the consent to the version that the person has read."""
    version = request.form.get("version", "")
    if not version.isascii() or not version.isdigit():
        raise Refused("invalid", "Open the terms again and accept them there.")
    consents.give(resources().database, auth.account(), int(version[:9]), GivenBy.PAGE)
    return redirect("/terms", 303)
