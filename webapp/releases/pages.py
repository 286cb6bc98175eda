"""Releases: the list, and one with what is in it and how to get it."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from imagehub.catalogue.labels import label_queries
from imagehub.catalogue.releases import release_files, release_withdrawals
from imagehub.catalogue.releases.release_queries import ReleaseEntry
from imagehub.formats import FORMATS, ReleaseFormat
from webapp.http import auth
from webapp.http.resources import resources
from webapp.releases import archives
from webapp.releases import samples as release_samples
from webapp.releases import service as releases

PAGE = 30

pages = Blueprint("releases", __name__)


@pages.get("/releases")
def index() -> str:
    """Releases, those asked for last first."""
    found = releases.newest(resources().database, request.args.get("after"), PAGE)
    return render_template("releases.html", found=found)


@pages.get("/releases/<release_id>/download")
def download(release_id: str) -> Response:
    """The release in one archive, for signed-in people: they get a notice of later withdrawals."""
    packing = request.args.get("format", "imagefolder")
    return archives.answer(resources(), release_id, packing, auth.account())


@pages.get("/releases/<release_id>")
def show(release_id: str) -> str:
    """One release: what is in it, how to download it, how to check it."""
    hub = resources()
    release = releases.show(hub.database, release_id)
    mids = list(release.frozen.summary) if release.frozen else []
    with hub.database.transaction() as cursor:
        names = {entry.label.mid: entry.label for entry in label_queries.find_many(cursor, mids)}
        withdrawn = release_withdrawals.counts(cursor, [release.id]).get(release.id, 0)
        frozen_as = release_files.formats(cursor, release.id)
    formats = [format_ for name, format_ in FORMATS.items() if name in frozen_as]
    return render_template(
        "release.html",
        release=release,
        frozen=release.frozen,
        withdrawn=withdrawn,
        splits=[split for split, _ in release.rules.splits],
        names=names,
        samples=release_samples.pick(hub.database, hub.store, release) if release.frozen else (),
        formats=formats,
        uses={format_.name: _use(release, format_) for format_ in formats},
        hub=request.host_url.rstrip("/"),
        most_for_visitors=releases.MOST_FILES_FOR_VISITORS,
    )


def _use(release: ReleaseEntry, format_: ReleaseFormat) -> str:
    """Lines of Python for exactly this release at this hub."""
    filled = {
        "{hub}": request.host_url.rstrip("/"),
        "{release}": release.id,
        "{subset}": release.subset,
        "{number}": str(release.number),
    }
    text = format_.use
    for name, value in filled.items():
        text = text.replace(name, value)
    return text
