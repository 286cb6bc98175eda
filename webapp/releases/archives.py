"""A release in one file, as API and pages answer with it."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Response, request

from imagehub.vocabulary import Account
from webapp.http import byte_ranges, limits
from webapp.http.resources import Resources
from webapp.releases import format_files
from webapp.releases import service as releases
from webapp.releases.open_downloads import OpenDownloads

OPEN = OpenDownloads()


def answer(hub: Resources, release_id: str, format_name: str, account: Account | None) -> Response:
    """The whole release, or a range of it; who takes it home signed in is remembered.

    Raises Refused(`format_unknown`, `format_has_parts`), NotFound, Unauthorised for a visitor and a
    large release, and TooMany or Unavailable where too many are being taken already.
    """
    path = format_files.find_whole(format_name).whole.format(release=release_id)
    releases.require_welcome(hub.database, release_id, account)
    address = limits.network(request.remote_addr or "")
    who = str(account.id) if account else address
    with ExitStack() as until_sent:
        until_sent.enter_context(OPEN.one_more(who, address))
        response = file(hub, release_id, path, account)
        name = path.rpartition("/")[2]
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.call_on_close(until_sent.pop_all().close)
    return response


def file(hub: Resources, release_id: str, path: str, account: Account | None) -> Response:
    """One file of a format, or a range of it.

    Raises NotFound, and Unauthorised for a visitor and a large release.
    """
    releases.require_welcome(hub.database, release_id, account)
    found = format_files.find_file(hub.database, hub.store, release_id, path)
    if request.range is None:
        releases.note_download(hub.database, release_id, account)
    whole = byte_ranges.Whole(found.size_bytes, found.tag, found.media_type)
    return byte_ranges.answer(request, whole, found.read, byte_ranges.FRESH)
