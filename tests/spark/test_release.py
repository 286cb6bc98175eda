"""The job `release` on a real catalogue, a real folder store and drawn photos."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import psycopg2
import pytest

from imagehub import manifest as manifests
from imagehub.catalogue.database import Database
from imagehub.catalogue.operation import job_runs
from imagehub.catalogue.releases import release_files
from imagehub.errors import Conflict
from imagehub.formats import FORMATS
from imagehub.manifest import Manifest
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from imagehub.vocabulary import Label
from spark_jobs import jobs
from spark_jobs.release import job as release
from spark_jobs.runs import SparkJobContext, job_run
from tests import factories
from webapp.releases import format_files


class Hub:
    """A hub with two labels, some verified photos, and the job."""

    def __init__(
        self, database: Database, store: FolderStore, settings: Settings, spark: Any
    ) -> None:
        self.database, self.store, self.settings, self.spark = database, store, settings, spark
        with database.transaction() as cursor:
            self.animal = factories.label(cursor, "Animal")
            self.dog = factories.label(cursor, "Hot dog (野)", is_a=[self.animal])

    def photos(self, of: Label, count: int) -> list[str]:
        with self.database.transaction() as cursor:
            return [
                factories.verified_photo(cursor, of, store=self.store, size=(160, 120)).image_id
                for _ in range(count)
            ]

    def publish(self) -> None:
        with self.database.transaction() as cursor:
            factories.publish_label_sets(cursor)

    def wish(self, name: str, **rules: object) -> str:
        with self.database.transaction() as cursor:
            cursor.execute("select from subsets where name = %s", (name,))
            if not cursor.rowcount:
                factories.subset(cursor, [self.animal], name, **rules)
            return factories.release_request(cursor, name)

    def run(self) -> dict[str, int]:
        return jobs.execute("release", self.settings, self.spark, self.database, self.store)

    def row(self, query: str, *values: object) -> Any:
        with self.database.transaction() as cursor:
            cursor.execute(query, values)
            return cursor.fetchone()

    def manifest(self, release_id: str) -> Manifest:
        data = self.store.get(keys.release_manifest(release_id))
        row = self.row("select * from releases where id = %s", release_id)
        assert bytes(row.manifest_sha256) == hashlib.sha256(data).digest()
        manifests.verify(data, bytes(row.signature), bytes(row.public_key))
        return manifests.read(data)

    def files(self, release_id: str) -> dict[str, bytes]:
        """Path -> bytes of the release's file, in every format."""
        with self.database.transaction() as cursor:
            listed = release_files.of_release(cursor, release_id)
        found = (
            (file, format_files.find_file(self.database, self.store, release_id, file.path))
            for file in listed
        )
        return {file.path: b"".join(served.read(0, file.bytes)) for file, served in found}

    def objects(self, release_id: str) -> dict[str, bytes]:
        found = self.store.keys(f"releases/{release_id}/")
        return {key: self.store.get(key) for key in found}


@pytest.fixture
def hub(database: Database, store: FolderStore, settings: Settings, spark: Any) -> Hub:
    return Hub(database, store, settings, spark)


def test_a_release_holds_what_was_verified_byte_for_byte(hub: Hub) -> None:
    dogs, animals = hub.photos(hub.dog, 7), hub.photos(hub.animal, 3)
    hub.publish()
    release_id = hub.wish("pets")
    assert hub.run() == {"released": 1, "failed": 0}
    manifest = hub.manifest(release_id)
    assert {file.image_id for file in manifest.files} == {*dogs, *animals}
    assert {label.mid for label in manifest.labels} == {hub.animal.mid, hub.dog.mid}
    for file in manifest.files:
        digest = hub.row("select photo_sha256 from images where id = %s", file.image_id)[0]
        stored = hub.store.get(keys.full(bytes(digest).hex()))
        assert keys.full(file.photo_sha256) == keys.full(bytes(digest).hex())
        assert file.bytes == len(stored)
        assert hashlib.sha256(stored).hexdigest() == file.sha256
        truths = {hub.animal.mid, hub.dog.mid} if file.image_id in dogs else {hub.animal.mid}
        assert {label.mid for label in file.labels} == truths
    files = hub.files(release_id)
    assert {path.partition("/")[0] for path in files} == set(FORMATS)
    for path, data in files.items():
        listed = hub.row(
            "select * from release_files where release_id = %s and path = %s", release_id, path
        )
        assert (listed.bytes, bytes(listed.sha256)) == (len(data), hashlib.sha256(data).digest())
    with zipfile.ZipFile(io.BytesIO(files[f"imagefolder/{release_id}.zip"])) as archive:
        photos = [name for name in archive.namelist() if name.endswith(".jpg")]
    assert photos == [file.path for file in manifest.files]
    row = hub.row("select * from releases where id = %s", release_id)
    assert (row.files, row.total_bytes) == (len(manifest.files), manifest.total_bytes)
    assert sum(row.summary[hub.animal.mid].values()) == 10


def test_answered_wishes_are_left_alone(hub: Hub) -> None:
    hub.photos(hub.dog, 2)
    hub.publish()
    release_id = hub.wish("pets")
    assert release.has_work(hub.database)
    hub.run()
    before = hub.objects(release_id)
    assert not release.has_work(hub.database)
    assert hub.run() == {"released": 0, "failed": 0}
    assert hub.objects(release_id) == before
    with pytest.raises(psycopg2.errors.RaiseException, match="never changes"):
        hub.row("update releases set files = 0 returning id")


def test_an_empty_selection_fails_with_a_sentence(hub: Hub) -> None:
    too_early = hub.wish("early")
    hub.photos(hub.dog, 1)
    hub.publish()
    too_small = hub.wish("large-ones", min_short_side_pixels=4000)
    assert hub.run() == {"released": 0, "failed": 2}
    reasons = {
        release_id: hub.row("select reason from release_failures where release_id = %s", release_id)
        for release_id in (too_early, too_small)
    }
    assert "No label set was published" in reasons[too_early].reason
    assert "selects no image" in reasons[too_small].reason


def test_a_damaged_photo_fails_the_release_and_is_named(hub: Hub) -> None:
    image_id = hub.photos(hub.dog, 3)[1]
    hub.publish()
    release_id = hub.wish("pets")
    with hub.database.transaction() as cursor:
        cursor.execute("update images set full_sha256 = %s where id = %s", (bytes(32), image_id))
    assert hub.run() == {"released": 0, "failed": 1}
    reason = hub.row("select reason from release_failures where release_id = %s", release_id)
    assert image_id in reason.reason


def test_a_run_after_a_killed_one_makes_the_same_release(hub: Hub) -> None:
    hub.photos(hub.dog, 6)
    hub.publish()
    release_id = hub.wish("pets")
    hub.run()
    first = hub.objects(release_id)
    with hub.database.transaction() as cursor:  # as if it had been killed just before its row
        for table in ("release_files", "releases"):
            cursor.execute(f"alter table {table} disable trigger user")
            cursor.execute(f"delete from {table}")
            cursor.execute(f"alter table {table} enable trigger user")
        cursor.execute("delete from split_assignments")
    hub.store.delete(keys.release_manifest(release_id))
    hub.store.put(f"releases/{release_id}/files/tar/x.skeleton", b"left over")
    hub.photos(hub.dog, 2)
    hub.publish()  # newer label sets do not matter: the wish is older
    hub.run()
    assert hub.objects(release_id) == first


def test_a_run_that_was_replaced_publishes_nothing(hub: Hub) -> None:
    hub.photos(hub.dog, 2)
    hub.publish()
    release_id = hub.wish("pets")
    with pytest.raises(Conflict), job_run(hub.database, "release") as run:
        with hub.database.transaction() as cursor:
            job_runs.next_epoch(cursor, "release")
        release.run(SparkJobContext(hub.settings, hub.database, hub.store, run, hub.spark))
    assert hub.objects(release_id) == {}
    assert release.has_work(hub.database)


def test_an_image_keeps_its_split_when_its_keeper_changes(hub: Hub) -> None:
    images = hub.photos(hub.dog, 8)
    hub.publish()
    first_id = hub.wish("pets", splits={"train": 0.5, "test": 0.5})
    hub.run()
    first = {file.image_id: file.split for file in hub.manifest(first_id).files}
    newer = hub.photos(hub.dog, 8)
    hub.publish()
    with hub.database.transaction() as cursor:
        for old, new in zip(images, newer, strict=True):
            factories.duplicate(cursor, old, new)
    second_id = hub.wish("pets")
    hub.run()
    second = {file.image_id: file.split for file in hub.manifest(second_id).files}
    assert second == {new: first[old] for old, new in zip(images, newer, strict=True)}
