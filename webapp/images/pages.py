"""One image in full: the photo, what verification says of it and why, and what looks like it."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from webapp.http import auth
from webapp.http.resources import resources
from webapp.images import permissions, photo_page
from webapp.labels import service as labels
from webapp.moderation import reports
from webapp.reviews import pages as review

pages = Blueprint("images", __name__)


@pages.get("/images/<image_id>")
def show(image_id: str) -> str:
    """The image's page: public, its sender's, a reviewer's while it waits, or open to an admin."""
    database, viewer = resources().database, auth.account_if_any()
    page = photo_page.show(database, image_id, viewer)
    return render_template(
        "image.html",
        page=page,
        view=page.view,
        place=labels.show(database, page.label.mid),
        report_kinds=reports.KINDS,
        may_part=permissions.may_part_duplicates(viewer),
        desk=review.desk(page, viewer, request.args.get("review"), request.args.get("done")),
    )
