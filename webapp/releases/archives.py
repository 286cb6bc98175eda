"""A release in one archive, as API and pages answer with it."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Response, request

from imagehub.vocabulary import Account
from webapp.http.resources import Resources
from webapp.releases import downloads
from webapp.releases import service as releases
from webapp.releases.open_downloads import OpenDownloads

OPEN = OpenDownloads()


def answer(hub: Resources, release_id: str, format_name: str, account: Account | None) -> Response:
    """The archive, packed while it is sent; who takes it home signed in is remembered.

    Raises Refused(`format_unknown`), NotFound, Unauthorised for a visitor and a large release, and
    TooMany or Unavailable where too many are being taken already.
    """
    packing = downloads.find_format(format_name)
    releases.require_welcome(hub.database, release_id, account)
    who = str(account.id) if account else request.remote_addr or ""
    with ExitStack() as until_sent:
        until_sent.enter_context(OPEN.one_more(who))
        packed = downloads.archive(hub.database, hub.store, release_id, packing)
        releases.note_download(hub.database, release_id, account)
        response = Response(
            packed.chunks,
            content_type=packing.media_type,
            headers={
                "Content-Length": str(packed.size_bytes),
                "Content-Disposition": f'attachment; filename="{release_id}.{packing.extension}"',
            },
        )
        response.call_on_close(until_sent.pop_all().close)
    return response
