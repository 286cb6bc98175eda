"""The scrub finds what is gone or rotten on both stores, mends derivatives and tells the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation import scrubs
from imagehub.catalogue.verification.image_checks import Unchecked
from imagehub.errors import Damaged, NotFound
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from imagehub.storage.protocol import ObjectStore
from imagehub.storage.s3 import S3Store
from spark_jobs import jobs
from spark_jobs.scrub import job as scrub
from spark_jobs.verify.look import read_photos
from tests.photos import jpeg
from tests.services.landing import SmallHub

KINDS: dict[str, Callable[[str], str]] = {
    "full": keys.full,
    "view": keys.view,
    "thumb": keys.thumb,
}


@dataclass
class ScrubbedHub:
    """Landed photos in a store that a test may spoil behind the hub's back."""

    hub: SmallHub
    store: ObjectStore
    spoil: Callable[[str], None]
    settings: Settings

    @property
    def database(self) -> Database:
        return self.hub.database

    def land(self, *photos: bytes) -> list[str]:
        """Land the photos; return their digests."""
        self.hub.send(*(self.hub.message(photo) for photo in photos))
        self.hub.land_all(self.hub.pipeline(store=self.store))
        return [hashlib.sha256(photo).hexdigest() for photo in photos]

    def scrub(self) -> dict[str, int]:
        """Run the job as if its pace allowed it now."""
        with self.database.transaction() as cursor:
            cursor.execute("update scrub_position set due_at = now()")
        return jobs.execute("scrub", self.settings, None, self.database, self.store)

    def damage(self) -> dict[str, str]:
        """Key -> damage of what the operator is told."""
        with self.database.transaction() as cursor:
            return {found.key: found.damage for found in scrubs.state(cursor, 100).newest}


@pytest.fixture(params=["folder", "s3"])
def scrubbed(request: pytest.FixtureRequest, small_hub: SmallHub) -> ScrubbedHub:
    """A hub on each store; `spoil` flips a bit on the disk."""
    settings = Settings(data=small_hub.folder.parent, catalogue_url=small_hub.url)
    if request.param == "folder":
        root = small_hub.folder
        store: ObjectStore = FolderStore(str(root))
    else:
        server, bucket = (request.getfixturevalue(name) for name in ("versitygw", "bucket"))
        root = server.folder / "data" / bucket
        store = S3Store(bucket, endpoint_url=server.url, region="us-east-1")

    def spoil(key: str) -> None:
        file = root / key
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        with file.open("r+b") as written:  # in place: the server keeps what it knows of the file
            written.write(data)

    return ScrubbedHub(small_hub, store, spoil, settings)


def test_whole_objects_are_found_whole(scrubbed: ScrubbedHub) -> None:
    scrubbed.land(jpeg(1), jpeg(2))
    counts = scrubbed.scrub()
    assert (counts["images"], counts["mended"], counts["damaged"]) == (2, 0, 0)
    assert scrubbed.damage() == {}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_lost", [True, False], ids=["lost", "rotten"])
def test_a_damaged_derivative_is_made_anew_with_the_same_bytes(
    scrubbed: ScrubbedHub, kind: str, is_lost: bool
) -> None:
    (photo,) = scrubbed.land(jpeg(1))
    key = KINDS[kind](photo)
    whole = scrubbed.store.get(key)
    (scrubbed.store.delete if is_lost else scrubbed.spoil)(key)

    assert scrubbed.scrub()["mended"] == 1

    assert scrubbed.store.get(key) == whole
    assert scrubbed.damage() == {}


def test_a_derivative_of_another_encoder_is_made_anew_with_a_new_digest(
    scrubbed: ScrubbedHub,
) -> None:
    (photo,) = scrubbed.land(jpeg(1))
    made = scrubbed.store.get(keys.full(photo))
    with scrubbed.database.transaction() as cursor:
        cursor.execute("update images set full_sha256 = %s, full_bytes = 1", (bytes(32),))
    assert scrubbed.scrub()["mended"] == 1
    with scrubbed.database.transaction() as cursor:
        cursor.execute("select full_sha256, full_bytes from images")
        row = cursor.fetchone()
    assert (bytes(row.full_sha256).hex(), row.full_bytes) == (
        hashlib.sha256(made).hexdigest(),
        len(made),
    )


def test_a_flipped_bit_in_an_original_is_told_and_nothing_is_made_of_it(
    scrubbed: ScrubbedHub,
) -> None:
    (photo,) = scrubbed.land(jpeg(1))
    scrubbed.spoil(keys.original(photo))
    scrubbed.store.delete(keys.view(photo))
    assert scrubbed.scrub()["damaged"] == 2
    assert scrubbed.damage() == {keys.original(photo): "rotten", keys.view(photo): "gone"}
    with pytest.raises(NotFound):
        scrubbed.store.get(keys.view(photo))


def test_a_lost_original_is_told_until_it_is_put_back(scrubbed: ScrubbedHub) -> None:
    (photo,) = scrubbed.land(jpeg(1))
    scrubbed.store.delete(keys.original(photo))
    scrubbed.scrub()
    assert scrubbed.damage() == {keys.original(photo): "gone"}
    scrubbed.store.put(keys.original(photo), jpeg(1))
    _pass_again(scrubbed)
    assert scrubbed.damage() == {}


def test_images_of_before_get_the_digests_of_what_can_be_read(scrubbed: ScrubbedHub) -> None:
    (photo,) = scrubbed.land(jpeg(1))
    with scrubbed.database.transaction() as cursor:
        cursor.execute("update images set view_sha256 = null, thumb_sha256 = null")
    scrubbed.scrub()
    with scrubbed.database.transaction() as cursor:
        cursor.execute("select view_sha256, thumb_sha256 from images")
        row = cursor.fetchone()
    view, thumb = (scrubbed.store.get(KINDS[kind](photo)) for kind in ("view", "thumb"))
    assert [bytes(row.view_sha256), bytes(row.thumb_sha256)] == [
        hashlib.sha256(view).digest(),
        hashlib.sha256(thumb).digest(),
    ]


def test_the_pace_holds_and_a_new_run_goes_on_where_the_last_one_stopped(
    scrubbed: ScrubbedHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    scrubbed.land(*(jpeg(seed) for seed in range(6)))
    monkeypatch.setattr(scrub, "IMAGES_AT_ONCE", 2)
    scrubbed.settings = replace(scrubbed.settings, scrub_bytes_per_second=1)
    seen: list[Any] = []
    for _ in range(3):
        counts = scrubbed.scrub()
        seen.append(counts["images"])
        with scrubbed.database.transaction() as cursor:
            cursor.execute(
                "select extract(epoch from due_at - now()) as seconds from scrub_position"
            )
            rested = float(cursor.fetchone().seconds)
        assert rested == pytest.approx(counts["read_bytes"], abs=30)
        assert not scrub.has_work(scrubbed.database)
    assert seen == [2, 2, 2]


def test_when_all_is_read_the_scrub_rests_for_the_rest_of_the_week(scrubbed: ScrubbedHub) -> None:
    scrubbed.land(jpeg(1))
    scrubbed.scrub()
    with scrubbed.database.transaction() as cursor:
        cursor.execute("select due_at - now() > interval '6 days' as rests from scrub_position")
        assert cursor.fetchone().rests


def test_a_pace_of_nothing_reads_nothing(scrubbed: ScrubbedHub) -> None:
    (photo,) = scrubbed.land(jpeg(1))
    scrubbed.store.delete(keys.original(photo))
    scrubbed.settings = replace(scrubbed.settings, scrub_bytes_per_second=0)
    assert scrubbed.scrub() == {}
    assert scrubbed.damage() == {}


def test_a_photo_that_is_removed_meanwhile_is_neither_told_nor_made_anew(
    scrubbed: ScrubbedHub,
) -> None:
    (photo,) = scrubbed.land(jpeg(1))

    class Removing:
        """A store whose first lost object is a photo whose removal commits just then."""

        def __getattr__(self, name: str) -> Any:
            return getattr(scrubbed.store, name)

        def get(self, key: str) -> bytes:
            if key == keys.view(photo):
                with scrubbed.database.transaction() as cursor:
                    cursor.execute("delete from uploads; delete from images")
                raise NotFound(key)
            return scrubbed.store.get(key)

    with scrubbed.database.transaction() as cursor:
        cursor.execute("update scrub_position set due_at = now()")
    jobs.execute("scrub", scrubbed.settings, None, scrubbed.database, Removing())
    assert scrubbed.damage() == {}


def test_s3_says_damaged_of_an_object_with_other_bytes(
    s3: Any, bucket: str, versitygw: Any
) -> None:
    store = S3Store(bucket, endpoint_url=versitygw.url, region="us-east-1")
    store.put("orig/aa/x", b"whole bytes")
    (versitygw.folder / "data" / bucket / "orig/aa/x").write_bytes(b"other bytes")
    with pytest.raises(Damaged):
        store.get("orig/aa/x")


def _pass_again(scrubbed: ScrubbedHub) -> None:
    with scrubbed.database.transaction() as cursor:
        cursor.execute("update scrub_position set kind = 'images', after = ''")
    scrubbed.scrub()


def test_a_rotten_view_in_s3_is_one_unreadable_photo_for_verification(
    s3: Any, bucket: str, versitygw: Any
) -> None:
    store = S3Store(bucket, endpoint_url=versitygw.url, region="us-east-1")
    images = [Unchecked(f"{seed:016x}", f"{seed:064x}", 64, 64, ()) for seed in range(2)]
    for seed, image in enumerate(images):
        store.put(keys.view(image.photo_sha256), jpeg(seed, 64, 64))
    rotten = versitygw.folder / "data" / bucket / keys.view(images[0].photo_sha256)
    rotten.write_bytes(bytes(rotten.stat().st_size))
    seen = [photo.pixels is not None for photo in read_photos(store, images)]
    assert seen == [False, True]
