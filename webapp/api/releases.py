"""Releases: numbered freezes of subsets, their manifest, files and downloads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from flask import Response, request
from pydantic import BaseModel, Field

from imagehub.catalogue import releases_read
from webapp import byte_ranges
from webapp.api.endpoints import Endpoints
from webapp.boundary import Text, Whole, Words
from webapp.gateways import gateways
from webapp.services import downloads, releases
from webapp.services.formats import FORMATS

endpoints = Endpoints("releases")


class PageQuery(Words):
    """A page of a list."""

    limit: Annotated[Whole, Field(ge=1, le=200)] = 50
    after: Annotated[Text, Field(max_length=600)] | None = None


class DownloadQuery(Words):
    """How to pack a release."""

    format: str = Field(default="imagefolder", description=f"One of {', '.join(FORMATS)}.")


class Release(BaseModel):
    """A release and, once it is ready, what is in it; digest, signature and key are hex."""

    id: str
    subset: str
    number: int
    state: Literal["requested", "ready", "failed"]
    reason: str | None = None
    files: int | None = None
    total_bytes: int | None = None
    labels: int | None = None
    label_set_version: int | None = None
    manifest_sha256: str | None = None
    signature: str | None = None
    public_key: str | None = None
    published_at: datetime | None = None
    summary: Any = Field(default=None, description="Files for each label and split.")


class Releases(BaseModel):
    """A page of releases; `next` is the next page's `after`."""

    releases: list[Release]
    next: str | None


@endpoints.get("/releases")
def newest(query: PageQuery) -> Releases:
    """Releases, those asked for last first."""
    page = releases.newest(gateways().database, query.after, query.limit)
    return Releases(releases=[_answer(one) for one in page.items], next=page.after)


@endpoints.get("/releases/<release_id>", problems=(404,))
def show(release_id: str) -> Release:
    """One release."""
    return _answer(releases.show(gateways().database, release_id))


@endpoints.get(
    "/releases/<release_id>/manifest", media_types=("application/jsonl",), problems=(404,)
)
def manifest(release_id: str) -> Response:
    """The manifest's exact bytes: what the release's digest and signature are of."""
    doors = gateways()
    frozen = releases.frozen(doors.database, release_id)
    response = Response(
        releases.manifest(doors.store, release_id), content_type="application/jsonl"
    )
    response.set_etag(frozen.manifest_sha256.hex())
    response.headers["Cache-Control"] = byte_ranges.IMMUTABLE
    response.make_conditional(request)
    return response


@endpoints.get(
    "/releases/<release_id>/files/<path:path>",
    media_types=("image/jpeg",),
    problems=(404, 416),
)
def file(release_id: str, path: str) -> Response:
    """One file of the release, or with a Range header a part of it."""
    doors = gateways()
    found = downloads.find_file(doors.database, doors.store, release_id, path)
    return byte_ranges.answer(
        request,
        byte_ranges.Whole(found.bytes, found.sha256, "image/jpeg"),
        lambda start, length: downloads.file_bytes(doors.store, release_id, found, start, length),
    )


@endpoints.get(
    "/releases/<release_id>/download",
    media_types=tuple(one.media_type for one in FORMATS.values()),
    problems=(404,),
)
def download(release_id: str, query: DownloadQuery) -> Response:
    """The whole release in one archive, packed while it is sent."""
    packing = downloads.find_format(query.format)
    doors = gateways()
    packed = downloads.archive(doors.database, doors.store, release_id, packing)
    return Response(
        packed.chunks,
        content_type=packing.media_type,
        headers={
            "Content-Length": str(packed.size_bytes),
            "Content-Disposition": f'attachment; filename="{release_id}.{packing.extension}"',
        },
    )


def _answer(release: releases_read.Release) -> Release:
    answer = Release(
        id=release.id,
        subset=release.subset,
        number=release.number,
        state=release.state,
        reason=release.reason,
    )
    if release.frozen is None:
        return answer
    frozen = release.frozen
    return answer.model_copy(
        update={
            "files": frozen.files,
            "total_bytes": frozen.total_bytes,
            "labels": frozen.labels,
            "label_set_version": frozen.label_set_version,
            "manifest_sha256": frozen.manifest_sha256.hex(),
            "signature": frozen.signature.hex(),
            "public_key": frozen.public_key.hex(),
            "published_at": frozen.published_at,
            "summary": frozen.summary,
        }
    )
