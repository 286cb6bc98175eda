"""For admins: open a photo that is not public, and say why."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.errors import Refused
from webapp.http import auth
from webapp.http.resources import resources
from webapp.moderation import openings as photo_openings

pages = Blueprint("photo_openings", __name__)


@pages.get("/photo-openings")
def show() -> str:
    """The form, and what the admin opened before."""
    return _page({})


@pages.post("/photo-openings")
def add() -> Response | tuple[str, int]:
    """Open the photo and lead to its page."""
    photo, reason = request.form.get("photo", ""), request.form.get("reason", "")
    try:
        image_id = photo_openings.open_photo(resources().database, auth.account(), photo, reason)
    except Refused as error:
        field = "reason" if error.code == "reason_invalid" else "photo"
        return _page({field: error.sentence}), 422
    return redirect(f"/images/{image_id}", 303)


def _page(errors: dict[str, str]) -> str:
    return render_template(
        "photo_openings.html",
        errors=errors,
        photo=request.form.get("photo", "")[:300],
        reason=request.form.get("reason", "")[: photo_openings.MAX_REASON_CHARACTERS],
        found=photo_openings.newest(resources().database, auth.account()),
    )
