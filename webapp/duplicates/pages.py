"""Say that two photos are different, and take that back: two buttons of the photo page."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from webapp.duplicates import service as duplicates
from webapp.http import auth
from webapp.http.resources import resources
from webapp.images.service import IMAGE_ID

pages = Blueprint("duplicates", __name__)


@pages.post("/images/<image_id>/duplicate-undos")
def part(image_id: str) -> Response:
    """Part the image and the one that the form names, or join them again."""
    change = duplicates.join if request.form.get("act") == "join" else duplicates.part
    change(resources().database, auth.account(), image_id, request.form.get("other", ""))
    page = request.form.get("page", "")
    return redirect(f"/images/{page if IMAGE_ID.fullmatch(page) else image_id}#near", 303)
