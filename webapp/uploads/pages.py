"""How it works, and how to send photos."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from imagehub.vocabulary import MAX_PHOTO_BYTES

pages = Blueprint("contribute", __name__)


@pages.get("/contribute")
def show() -> str:
    """The way of a photo in words, and the commands that send one."""
    return render_template(
        "contribute.html", hub=request.host_url.rstrip("/"), max_megabytes=MAX_PHOTO_BYTES >> 20
    )
