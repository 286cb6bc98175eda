"""One image in full: the photo, what verification says of it and why, and what looks like it."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from webapp import auth
from webapp.gateways import gateways
from webapp.portal import review
from webapp.services import labels, permissions, photo_page, reports

pages = Blueprint("images", __name__)


@pages.get("/images/<image_id>")
def show(image_id: str) -> str:
    """The image's page: public, its sender's, a reviewer's while it waits, or open to an admin."""
    database, viewer = gateways().database, auth.asker_if_any()
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
