"""The scrub compares a release's manifest and shards with the digests that the manifest has."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation import scrubs
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from spark_jobs import jobs
from tests.factories.shards import Released, release_with_photos
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


def test_a_rotten_and_a_lost_shard_are_told_until_they_are_put_back(
    database: Database, catalogue_url: str, store: FolderStore, release: Released
) -> None:
    first, second = (keys.release_shard(release.id, number) for number in (0, 1))
    whole = {key: store.get(key) for key in (first, second)}
    file = next(file for file in release.manifest.files if file.shard == 0)
    rotten = bytearray(whole[first])
    rotten[file.start + 9] ^= 1
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


def test_zeros_of_a_withdrawn_photo_are_no_damage(
    database: Database, catalogue_url: str, store: FolderStore, release: Released
) -> None:
    file = release.manifest.files[0]
    shard = keys.release_shard(release.id, file.shard)
    blanked = bytearray(store.get(shard))
    blanked[file.start : file.start + file.bytes] = bytes(file.bytes)
    store.replace(shard, bytes(blanked))
    assert scrub(database, catalogue_url, store) == {shard: "rotten"}
    with database.transaction() as cursor:
        cursor.execute(
            "insert into release_withdrawals (release_id, image_id, path, file_sha256, shard, kind)"
            " values (%s, %s, %s, %s, %s, 'withdrawn')",
            (release.id, file.image_id, file.path, bytes.fromhex(file.sha256), file.shard),
        )
    assert scrub(database, catalogue_url, store) == {}
