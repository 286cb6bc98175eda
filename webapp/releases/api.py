"""Releases: numbered freezes of subsets, their manifest, files and downloads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from flask import Response, request
from pydantic import BaseModel, Field

from imagehub.catalogue.releases import release_queries
from imagehub.vocabulary import Account
from webapp.http import byte_ranges
from webapp.http.boundary import RequestModel, Text, Whole
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.releases import archives, downloads
from webapp.releases import service as releases
from webapp.releases.formats import FORMATS

endpoints = Endpoints("releases")


class PageQuery(RequestModel):
    """A page of a list."""

    limit: Annotated[Whole, Field(ge=1, le=200)] = 50
    after: Annotated[Text, Field(max_length=600)] | None = None


class DownloadQuery(RequestModel):
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
    withdrawn: int | None = Field(
        default=None, description="Files that are given out no more: their photos were withdrawn."
    )


class Withdrawals(BaseModel):
    """What a release gives out no more.

    `csv` is the list, signed as the manifest is (over its SHA-256 digest); empty before the first
    withdrawal. `held_back` are paths that are not on it: until a decision, or until it is signed.
    """

    csv: str = ""
    signature: str = ""
    public_key: str = ""
    held_back: list[str]


class Releases(BaseModel):
    """A page of releases; `next` is the next page's `after`."""

    releases: list[Release]
    next: str | None


@endpoints.get("/releases")
def newest(query: PageQuery) -> Releases:
    """Releases, those asked for last first."""
    page = releases.newest(resources().database, query.after, query.limit)
    gone = releases.withdrawn_counts(resources().database, [one.id for one in page.items])
    return Releases(
        releases=[_answer(one, gone.get(one.id, 0)) for one in page.items], next=page.after
    )


@endpoints.get("/releases/<release_id>", problems=(404,))
def show(release_id: str) -> Release:
    """One release."""
    database = resources().database
    found = releases.show(database, release_id)
    return _answer(found, releases.withdrawn_counts(database, [found.id]).get(found.id, 0))


@endpoints.get(
    "/releases/<release_id>/manifest", media_types=("application/jsonl",), problems=(404,)
)
def manifest(release_id: str, account: Account | None) -> Response:
    """The manifest's exact bytes: what the release's digest and signature are of."""
    hub = resources()
    releases.require_welcome(hub.database, release_id, account)
    frozen = releases.frozen(hub.database, release_id)
    releases.note_download(hub.database, release_id, account)
    response = Response(releases.manifest(hub.store, release_id), content_type="application/jsonl")
    response.set_etag(frozen.manifest_sha256.hex())
    response.headers["Cache-Control"] = byte_ranges.FRESH
    response.make_conditional(request)
    return response


@endpoints.get(
    "/releases/<release_id>/files/<path:path>",
    media_types=("image/jpeg",),
    problems=(404, 416),
)
def file(release_id: str, path: str, account: Account | None) -> Response:
    """One file of the release, or with a Range header a part of it."""
    hub = resources()
    releases.require_welcome(hub.database, release_id, account)
    found = downloads.find_file(hub.database, hub.store, release_id, path)
    return byte_ranges.answer(
        request,
        byte_ranges.Whole(found.bytes, found.sha256, "image/jpeg"),
        lambda start, length: downloads.file_bytes(hub.store, release_id, found, start, length),
        byte_ranges.SHORT,
    )


@endpoints.get("/releases/<release_id>/withdrawals", problems=(404,))
def withdrawals(release_id: str) -> Withdrawals:
    """The signed list of the files whose photos were withdrawn, and what is held back besides."""
    hub = resources()
    found = downloads.held_back(hub.database, hub.store, release_id)
    answer = Withdrawals(held_back=list(found.paths))
    if found.signed is not None:
        answer.csv = found.signed.data.decode()
        answer.signature = found.signed.signature.hex()
        answer.public_key = found.signed.public_key.hex()
    return answer


@endpoints.get(
    "/releases/<release_id>/download",
    media_types=tuple(one.media_type for one in FORMATS.values()),
    problems=(404,),
)
def download(release_id: str, query: DownloadQuery, account: Account | None) -> Response:
    """The whole release in one archive, packed while it is sent."""
    return archives.answer(resources(), release_id, query.format, account)


def _answer(release: release_queries.ReleaseEntry, withdrawn: int) -> Release:
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
            "withdrawn": withdrawn,
        }
    )
