"""A release in one archive, as API and pages answer with it."""

from __future__ import annotations

from flask import Response

from imagehub.vocabulary import Account
from webapp.http.resources import Resources
from webapp.releases import downloads
from webapp.releases import service as releases


def answer(hub: Resources, release_id: str, format_name: str, account: Account | None) -> Response:
    """The archive, packed while it is sent; who takes it home signed in is remembered.

    Raises Refused(`format_unknown`), NotFound, Unauthorised for a visitor and a large release.
    """
    packing = downloads.find_format(format_name)
    releases.require_welcome(hub.database, release_id, account)
    packed = downloads.archive(hub.database, hub.store, release_id, packing)
    releases.note_download(hub.database, release_id, account)
    return Response(
        packed.chunks,
        content_type=packing.media_type,
        headers={
            "Content-Length": str(packed.size_bytes),
            "Content-Disposition": f'attachment; filename="{release_id}.{packing.extension}"',
        },
    )
