"""Releases: numbered freezes of subsets, their manifest, files and downloads."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request
from pydantic import Field

from imagehub.answers.releases import FormatFile, FormatFiles, Release, Releases, Withdrawals
from imagehub.catalogue.releases import release_withdrawals
from imagehub.catalogue.releases.release_queries import ReleaseEntry
from imagehub.formats import FORMATS
from imagehub.vocabulary import Account
from webapp.http import byte_ranges
from webapp.http.boundary import RequestModel
from webapp.http.cursors import PageQuery
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.releases import archives, downloads, format_files
from webapp.releases import service as releases

WHOLE = tuple(name for name, format_ in FORMATS.items() if format_.whole)
endpoints = Endpoints("releases")


class DownloadQuery(RequestModel):
    """How to pack a release."""

    format: str = Field(default="imagefolder", description=f"One of {', '.join(WHOLE)}.")


@endpoints.get("/releases")
def newest(query: PageQuery) -> Releases:
    """Releases, those asked for last first."""
    page = releases.newest(resources().database, query.after, query.limit)
    return Releases(releases=_answers(page.items), next=page.after)


@endpoints.get("/releases/<release_id>", problems=(404,))
def show(release_id: str) -> Release:
    """One release."""
    return _answers([releases.show(resources().database, release_id)])[0]


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
        lambda start, length: downloads.photo_bytes(hub.store, found, start, length),
        byte_ranges.SHORT,
    )


@endpoints.get("/releases/<release_id>/withdrawals", problems=(404,))
def withdrawals(release_id: str) -> Withdrawals:
    """The signed list of withdrawn files, and the files held back besides."""
    hub = resources()
    found = downloads.held_back(hub.database, hub.store, release_id)
    if found.signed is None:
        return Withdrawals(held_back=found.paths)
    return Withdrawals(
        csv=found.signed.data.decode(),
        signature=found.signed.signature.hex(),
        public_key=found.signed.public_key.hex(),
        held_back=found.paths,
    )


@endpoints.get(
    "/releases/<release_id>/download",
    media_types=("application/zip", "application/x-tar"),
    problems=(404, 416, 429),
)
def download(release_id: str, query: DownloadQuery, account: Account | None) -> Response:
    """The whole release in one file, or with a Range header a part of it."""
    return archives.answer(resources(), release_id, query.format, account)


@endpoints.get("/releases/<release_id>/formats/<name>", problems=(404,))
def files_of_format(release_id: str, name: str, account: Account | None) -> FormatFiles:
    """List the files of a format: their lengths and digests never change.

    While a photo is withdrawn, zeros stand in its place, and the files with it have other digests.
    """
    hub = resources()
    releases.require_welcome(hub.database, release_id, account)
    return FormatFiles(
        files=tuple(
            FormatFile(
                path=found.path.partition("/")[2],
                photos=found.photos,
                bytes=found.bytes,
                sha256=found.sha256,
                media_type=found.media_type,
            )
            for found in format_files.of_format(hub.database, release_id, name)
        )
    )


@endpoints.get(
    "/releases/<release_id>/formats/<name>/<path:path>",
    media_types=("application/octet-stream",),
    problems=(404, 416),
)
def file_of_format(release_id: str, name: str, path: str, account: Account | None) -> Response:
    """One file of a format, or with a Range header a part of it."""
    return archives.file(resources(), release_id, f"{name}/{path}", account)


def _answers(found: Sequence[ReleaseEntry]) -> tuple[Release, ...]:
    with resources().database.transaction() as cursor:
        withdrawn = release_withdrawals.counts(cursor, [release.id for release in found])
    return tuple(_answer(release, withdrawn.get(release.id, 0)) for release in found)


def _answer(release: ReleaseEntry, withdrawn: int) -> Release:
    answer = Release.of(release)
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
