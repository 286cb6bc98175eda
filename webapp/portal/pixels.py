"""The pixels of images, straight from the object store."""

from __future__ import annotations

from flask import Blueprint, Response, request

from imagehub.errors import NotFound
from imagehub.storage.keys import DERIVATIVE_RECIPE
from webapp import auth
from webapp.gateways import gateways
from webapp.services import images

CACHE_CONTROL = "public, max-age=31536000, immutable"
"""An image's id is made of its digest and its derivatives never change."""

CACHE_CONTROL_OF_HIDDEN = "private, no-store"
"""Who signs out leaves nothing behind."""

pages = Blueprint("pixels", __name__)


@pages.get("/images/<image_id>/<kind>.jpg")
def show(image_id: str, kind: str) -> Response:
    """One derivative: full (at most 2,048 px), view (512 px) or thumb (192 px).

    Public images are everybody's; others are for who sent them, for reviewers while they wait,
    and for admins.
    """
    if kind not in images.KEYS:
        raise NotFound(f"There is no derivative {kind[:20]!r}.")
    doors = gateways()
    image = images.find(doors.database, image_id, auth.asker_if_any())
    digest = image.photo_sha256
    tag = f"{digest[:32]}-{kind}-{DERIVATIVE_RECIPE}"
    answer = Response(mimetype="image/jpeg")
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = CACHE_CONTROL if image.is_public else CACHE_CONTROL_OF_HIDDEN
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if tag in request.if_none_match:
        answer.status_code = 304
        return answer
    answer.set_data(images.pixels(doors.store, digest, kind))
    return answer
