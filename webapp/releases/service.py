"""Releases: where they stand, their manifest, and single files out of their shards."""

from __future__ import annotations

from collections.abc import Iterator

from imagehub import manifest as manifests
from imagehub.catalogue.database import Database
from imagehub.catalogue.releases import release_queries
from imagehub.catalogue.releases.release_queries import FrozenRelease, ReleaseEntry
from imagehub.errors import NotFound, Unauthorised
from imagehub.manifest import Manifest
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import Account
from webapp.http import cursors
from webapp.http.cursors import Page

MOST_FILES_FOR_VISITORS = 50


def show(database: Database, release_id: str) -> ReleaseEntry:
    """The release with this id; else NotFound."""
    with database.transaction() as cursor:
        found = release_queries.find(cursor, release_id)
    if found is None:
        raise NotFound(f"There is no release {release_id}.")
    return found


def newest(database: Database, after: str | None, limit: int) -> Page[ReleaseEntry]:
    """Releases, those asked for last first."""
    with database.transaction() as cursor:
        found = release_queries.newest(
            cursor, cursors.decode_moment(after) if after else None, limit + 1
        )
    return cursors.page_after(found, limit, _sort_key, is_first=True)


def frozen(database: Database, release_id: str) -> FrozenRelease:
    """What a finished release holds; NotFound for one that is not ready."""
    found = show(database, release_id)
    if found.frozen is None:
        raise NotFound(f"The release {release_id} is not ready.")
    return found.frozen


def require_welcome(database: Database, release_id: str, account: Account | None) -> None:
    """Let visitors have small releases, accounts all; else raise Unauthorised. NotFound: not ready.

    So everybody who downloads many photos has accepted the terms, and hears of later withdrawals.
    """
    if account is None and frozen(database, release_id).files > MOST_FILES_FOR_VISITORS:
        raise Unauthorised(
            f"Releases of more than {MOST_FILES_FOR_VISITORS} photos are for accounts. Sign in on"
            " the portal, or send a token."
        )


def note_download(database: Database, release_id: str, account: Account | None) -> None:
    """Remember who downloaded the release, so that they hear of later withdrawals."""
    if account is not None:
        with database.transaction() as cursor:
            release_queries.note_download(cursor, release_id, account.id)


def manifest(store: ObjectStore, release_id: str) -> Iterator[bytes]:
    """The manifest's exact bytes, in chunks."""
    return store.stream(keys.release_manifest(release_id))


def manifest_head(store: ObjectStore, release_id: str) -> Manifest:
    """The manifest without its files, of which nothing is read."""
    line = bytearray()
    for chunk in manifest(store, release_id):
        begin, ends, _ = chunk.partition(b"\n")
        line += begin
        if ends:
            break
    return manifests.read_head(bytes(line))


def _sort_key(release: ReleaseEntry) -> tuple[str, str]:
    return release.requested_at.isoformat(), release.id
