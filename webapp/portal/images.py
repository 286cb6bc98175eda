"""One image in full: the photo, how sure we are of it and why, and what looks like it."""

from __future__ import annotations

from flask import Blueprint, render_template

from imagehub.errors import NotFound
from webapp.gateways import gateways
from webapp.services import images, labels

SIMILAR = 16

pages = Blueprint("images", __name__)


@pages.get("/images/<image_id>")
def show(image_id: str) -> str:
    """The image's page; only public images have one."""
    database = gateways().database
    view = images.show(database, image_id)
    if not view.labels:  # a new version of the label sets came between two questions
        raise NotFound(f"The image {image_id} is in no label set any more.")
    return render_template(
        "image.html",
        view=view,
        place=labels.show(database, view.labels[0].mid),
        similar=images.similar(database, image_id, SIMILAR),
    )
