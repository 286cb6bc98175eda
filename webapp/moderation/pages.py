"""Report a photo, and for admins: the queue of reported photos, and one to decide on."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.errors import Refused
from webapp.http import auth
from webapp.http.resources import resources
from webapp.moderation import reports
from webapp.moderation import service as moderation
from webapp.moderation.service import Ruling

pages = Blueprint("moderation", __name__)


@pages.post("/images/<image_id>/reports")
def report(image_id: str) -> str | tuple[str, int]:
    """Report the photo whose page carries the form."""
    kind, words = request.form.get("kind", ""), request.form.get("words", "")
    database, reporter = resources().database, auth.account_if_any()
    try:
        found = reports.report(database, image_id, reporter, kind, words)
    except Refused as error:
        return render_template("reported.html", image_id=image_id, error=error.sentence), 422
    return render_template("reported.html", image_id=image_id, found=found)


@pages.get("/moderation")
def queue() -> str:
    """Photos that wait for a decision, the gravest and oldest first."""
    found = moderation.queue(resources().database)
    return render_template("moderation.html", queue=found, kinds=reports.KINDS)


@pages.get("/moderation/<image_id>")
def desk(image_id: str) -> str:
    """One reported photo, with what was said against it."""
    return _desk(image_id)


@pages.post("/moderation/<image_id>")
def decide(image_id: str) -> Response | tuple[str, int]:
    """Keep the photo or take it down."""
    ruling = Ruling(
        request.form.get("outcome", ""),
        request.form.get("kind", ""),
        request.form.get("words", ""),
    )
    try:
        moderation.decide(resources().database, auth.account(), image_id, ruling)
    except Refused as error:
        return _desk(image_id, error.sentence), 422
    return redirect("/moderation", 303)


def _desk(image_id: str, error: str = "") -> str:
    return render_template(
        "moderation_desk.html",
        desk=moderation.desk(resources().database, auth.account(), image_id),
        kinds=reports.KINDS,
        error=error,
    )
