"""The page Notices: what a person was told."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.errors import Refused, Unavailable
from webapp.http import auth, sessions
from webapp.http.resources import resources
from webapp.notices import service as notices

PAGE = 30

pages = Blueprint("notices", __name__)


@pages.get("/notices")
def index() -> str:
    """What the person was told, the newest first."""
    found = notices.listed(resources().database, auth.account(), request.args.get("after"), PAGE)
    return render_template("notices.html", found=found)


@pages.post("/notices/read")
def mark_read() -> Response:
    """Note that everything up to a notice was read."""
    up_to = request.form.get("up_to", "")
    if not (up_to.isascii() and up_to.isdigit() and len(up_to) <= 18):
        raise Refused("invalid", "Open the page again and repeat it.")
    notices.mark_read(resources().database, auth.account(), int(up_to))
    return redirect("/notices", 303)


def unread() -> int:
    """How many notices of who is signed in are new; asked once a request."""
    if "unread" not in g:
        g.unread = 0
        try:
            viewer = sessions.viewer()
            if viewer is not None:
                g.unread = notices.unread(resources().database, viewer)
        except Unavailable:  # the page that says so must still come
            pass
    found: int = g.unread
    return found
