"""The pixels of images, straight from the object store."""

from __future__ import annotations

from flask import Blueprint, Response, request

from imagehub.errors import NotFound
from imagehub.storage.keys import DERIVATIVE_RECIPE
from webapp.http import auth
from webapp.http.resources import resources
from webapp.images import permissions
from webapp.images import service as images

CACHE_CONTROL = "public, max-age=600"
"""Derivatives never change but may be withdrawn: a cache keeps them no longer than this."""

CACHE_CONTROL_OF_HIDDEN = "private, no-store"
"""Who signs out leaves nothing behind."""

pages = Blueprint("pixels", __name__)


@pages.get("/images/<image_id>/<kind>.jpg")
def show(image_id: str, kind: str) -> Response:
    """One derivative: full (at most 2,048 px), view (512 px) or thumb (192 px).

    Public images are everybody's; others are for who sent them, for reviewers while they wait,
    and for admins to whom they are open.
    """
    if kind not in images.KEYS:
        raise NotFound(f"There is no derivative {kind[:20]!r}.")
    hub = resources()
    viewer = auth.account_if_any()
    image = images.find(hub.database, image_id, viewer)
    digest = image.photo_sha256
    tag = f"{digest[:32]}-{kind}-{DERIVATIVE_RECIPE}"
    answer = Response(mimetype="image/jpeg")
    answer.set_etag(tag)
    is_everybodys = image.is_public and not permissions.is_admin(viewer)  # who sees what is hidden
    answer.headers["Cache-Control"] = CACHE_CONTROL if is_everybodys else CACHE_CONTROL_OF_HIDDEN
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if tag in request.if_none_match:
        answer.status_code = 304
        return answer
    answer.set_data(images.pixels(hub.store, digest, kind, image.digests[kind]))
    return answer
