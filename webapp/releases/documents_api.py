"""What stands beside the photos of a release: manifest, signature, tables, credits."""

from __future__ import annotations

import hashlib
import json

from flask import Response, request

from imagehub.answers.releases import Document, Documents
from imagehub.formats import croissant
from imagehub.release_documents import ABOUT_WITHDRAWN
from imagehub.vocabulary import Account
from webapp.http import byte_ranges
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.releases import downloads, format_files
from webapp.releases import service as releases

DOCUMENT_TYPE = "application/octet-stream"
FOR_EVERYBODY = ABOUT_WITHDRAWN | {"CREDITS.md"}
endpoints = Endpoints("documents")


@endpoints.get("/releases/<release_id>/documents", problems=(404,))
def names(release_id: str, account: Account | None) -> Documents:
    """List the files that an image folder has beside its photos."""
    hub = resources()
    releases.require_welcome(hub.database, release_id, account)
    found = downloads.list_documents(hub.database, hub.store, release_id)
    return Documents(
        documents=tuple(
            Document(name=name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
            for name, data in found.items()
        )
    )


@endpoints.get(
    "/releases/<release_id>/documents/<path:name>",
    media_types=(DOCUMENT_TYPE,),
    problems=(404, 416),
)
def document(release_id: str, name: str, account: Account | None) -> Response:
    """One document, or with a Range header a part of it.

    Everybody may read what was withdrawn, and whose the photos are; the others are for whom the
    release is for.
    """
    hub = resources()
    if name not in FOR_EVERYBODY:
        releases.require_welcome(hub.database, release_id, account)
    data = downloads.find_document(hub.database, hub.store, release_id, name)
    if name not in FOR_EVERYBODY:
        releases.note_download(hub.database, release_id, account)
    return byte_ranges.answer(
        request,
        byte_ranges.Whole(len(data), hashlib.sha256(data).hexdigest(), DOCUMENT_TYPE),
        lambda start, length: iter([data[start : start + length]]),
        byte_ranges.FRESH,
    )


@endpoints.get(
    "/releases/<release_id>/croissant.json", media_types=(croissant.MEDIA_TYPE,), problems=(404,)
)
def describe(release_id: str) -> Response:
    """Describe the release's Parquet files in Croissant 1.1.

    Everybody may read it, as tools that load by it fetch it without a token.
    """
    hub = resources()
    found = format_files.of_format(hub.database, release_id, "parquet")
    files = [
        croissant.ParquetFile(file.path.rpartition("/")[2], file.bytes, file.sha256)
        for file in found
        if file.photos
    ]
    head = releases.manifest_head(hub.store, release_id)
    described = croissant.document(head, request.host_url.rstrip("/"), files)
    text = json.dumps(described, ensure_ascii=False)
    return Response(text, content_type=croissant.MEDIA_TYPE)
