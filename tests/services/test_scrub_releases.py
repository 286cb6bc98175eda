"""The scrub compares a release's manifest and skeletons with their digests."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation import scrubs
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from spark_jobs import jobs
from tests.factories.photo_releases import Released, release_with_photos
from tests.photos import jpeg


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(str(tmp_path / "objects"))


@pytest.fixture
def release(database: Database, store: FolderStore) -> Released:
    with database.transaction() as cursor:
        return release_with_photos(cursor, store, [jpeg(seed, 64, 64) for seed in range(4)])


def scrub(database: Database, catalogue_url: str, store: FolderStore) -> dict[str, str]:
    """Read all from the beginning; key -> damage."""
    with database.transaction() as cursor:
        cursor.execute("update scrub_position set kind = 'images', after = '', due_at = now()")
    jobs.execute("scrub", Settings(catalogue_url=catalogue_url), None, database, store)
    with database.transaction() as cursor:
        return {found.key: found.damage for found in scrubs.state(cursor, 10).newest}


def test_a_whole_release_is_found_whole(
    database: Database, catalogue_url: str, store: FolderStore, release: Released
) -> None:
    assert scrub(database, catalogue_url, store) == {}


def test_a_rotten_and_a_lost_skeleton_are_told_until_they_are_put_back(
    database: Database, catalogue_url: str, store: FolderStore, release: Released
) -> None:
    first, second = list(store.keys(f"releases/{release.id}/files/"))[:2]
    whole = {key: store.get(key) for key in (first, second)}
    rotten = bytearray(whole[first])
    rotten[9] ^= 1
    store.replace(first, bytes(rotten))
    store.delete(second)

    assert scrub(database, catalogue_url, store) == {first: "rotten", second: "gone"}

    for key, data in whole.items():
        store.replace(key, data)
    assert scrub(database, catalogue_url, store) == {}


def test_a_rotten_manifest_is_told(
    database: Database, catalogue_url: str, store: FolderStore, release: Released
) -> None:
    key = keys.release_manifest(release.id)
    store.replace(key, store.get(key)[:-1])
    assert scrub(database, catalogue_url, store) == {key: "rotten"}
