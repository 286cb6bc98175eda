"""What is withdrawn or taken down goes, stays gone, and takes nothing of others with it."""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation import recount as recounting
from imagehub.catalogue.web_login import ROLE
from imagehub.proof import look_for
from imagehub.storage.folder import FolderStore
from ingestion.failpoints import Failpoints
from tests import factories
from tests.photos import jpeg
from tests.services.withdrawing import WithdrawingHub, objects_of, withdrawing_hub

PHOTO = jpeg(5)


@pytest.fixture
def hub(catalogue_url: str, database: Database, tmp_path: Path) -> WithdrawingHub:
    with database.transaction() as cursor:
        return withdrawing_hub(cursor, catalogue_url, tmp_path)


def state(hub: WithdrawingHub, upload_id: uuid.UUID) -> str | None:
    """What ingestion said of an upload: `landed`, the code of its refusal, or None for no row."""
    with hub.database.transaction() as cursor:
        cursor.execute(
            "select coalesce(code, state) as s from uploads where id = %s", (str(upload_id),)
        )
        row = cursor.fetchone()
        return row.s if row else None


def seen_by_requests(hub: WithdrawingHub) -> int:
    """How many images a request finds in the catalogue, whatever it asks."""
    web = Database(hub.url, role=ROLE)
    with web.transaction() as cursor:
        cursor.execute("select count(*) as images from images")
        found = int(cursor.fetchone().images)
    web.close()
    return found


def assert_counted_right(hub: WithdrawingHub) -> None:
    assert [check for check in recounting.recount(hub.database) if not check.is_right] == []


def test_a_withdrawn_photo_is_hidden_in_that_transaction_and_then_gone(
    hub: WithdrawingHub,
) -> None:
    upload = hub.accept(PHOTO)
    hub.land_all()
    assert seen_by_requests(hub) == 1
    hub.withdraw(upload)
    assert seen_by_requests(hub) == 0
    assert hub.left_of(PHOTO)
    hub.remove_until_done()
    assert hub.left_of(PHOTO) == []
    assert_counted_right(hub)


def test_of_a_photo_that_two_sent_ones_withdrawal_leaves_the_others(hub: WithdrawingHub) -> None:
    other = hub.somebody()
    own, others = hub.accept(PHOTO), hub.accept(PHOTO, other)
    hub.land_all()
    hub.withdraw(own)
    assert seen_by_requests(hub) == 1
    hub.remove_until_done()
    assert (state(hub, own), state(hub, others)) == (None, "landed")
    assert all(hub.store.get(key) for key in objects_of(PHOTO))
    with hub.database.transaction() as cursor:
        cursor.execute("select first_upload_id::text as first from images")
        assert cursor.fetchone().first == str(others)
    assert_counted_right(hub)
    hub.withdraw(others, other)
    hub.remove_until_done()
    assert hub.left_of(PHOTO) == []
    assert_counted_right(hub)


def test_a_takedown_takes_the_photo_from_all_who_sent_it_and_refuses_it_for_ever(
    hub: WithdrawingHub,
) -> None:
    hub.accept(PHOTO)
    hub.accept(PHOTO, hub.somebody())
    hub.land_all()
    hub.take_down(PHOTO)
    assert seen_by_requests(hub) == 0
    hub.remove_until_done()
    assert hub.left_of(PHOTO) == []
    again = hub.accept(PHOTO, hub.somebody())
    hub.land_all()
    assert state(hub, again) == "photo_taken_down"
    hub.remove_until_done()
    assert hub.left_of(PHOTO) == []
    assert_counted_right(hub)


def test_a_takedown_stays_one_when_a_later_upload_is_withdrawn(hub: WithdrawingHub) -> None:
    hub.accept(PHOTO)
    hub.land_all()
    hub.take_down(PHOTO)
    hub.remove_until_done()
    refused = hub.accept(PHOTO)
    hub.land_all()
    hub.withdraw(refused)
    hub.remove_quietly()  # once: a second run would put a lost takedown right again
    again = hub.accept(PHOTO)
    hub.land_all()
    assert state(hub, again) == "photo_taken_down"


def test_who_withdrew_a_photo_may_send_it_again_and_nobody_else(hub: WithdrawingHub) -> None:
    hub.withdraw(hub.accept(PHOTO))
    hub.land_all()
    hub.remove_until_done()
    strange = hub.accept(PHOTO, hub.somebody())
    hub.land_all()
    assert state(hub, strange) == "photo_withdrawn"
    own = hub.accept(PHOTO)
    hub.land_all()
    assert state(hub, own) == "landed"
    hub.remove_until_done()
    assert all(hub.store.get(key) for key in objects_of(PHOTO))
    too = hub.accept(PHOTO, hub.somebody())
    hub.land_all()
    assert state(hub, too) == "landed"
    assert_counted_right(hub)


def test_what_is_withdrawn_before_it_lands_never_lands(hub: WithdrawingHub) -> None:
    upload = hub.accept(PHOTO)
    hub.withdraw(upload)
    hub.land_all()
    assert seen_by_requests(hub) == 0
    hub.remove_until_done()
    assert hub.left_of(PHOTO) == []
    hub.send(hub.message(PHOTO, id=upload))  # the log is read again from an older place
    hub.land_all()
    hub.remove_until_done()
    assert hub.left_of(PHOTO) == []
    assert_counted_right(hub)


class StoreWithPoint(FolderStore):
    """Calls somebody once, after the first object of a photo is stored."""

    def __init__(self, path: str, call: Callable[[], None]) -> None:
        super().__init__(path)
        self._calls = [call]

    def put(self, key: str, data: bytes) -> bool:
        stored = super().put(key, data)
        if self._calls and key.startswith("view/"):
            self._calls.pop()()
        return stored


@pytest.mark.parametrize("how", ["taken down", "withdrawn"])
def test_a_photo_that_goes_while_it_lands_leaves_nothing_behind(
    hub: WithdrawingHub, how: str
) -> None:
    upload = hub.accept(PHOTO)

    def go() -> None:
        if how == "taken down":
            hub.take_down(PHOTO)
        else:
            hub.withdraw(upload)
        hub_job(hub)

    hub.land_all(hub.pipeline(store=StoreWithPoint(str(hub.folder), go)))
    assert seen_by_requests(hub) == 0
    hub.remove_until_done()
    assert hub.left_of(PHOTO) == []
    assert_counted_right(hub)


def hub_job(hub: WithdrawingHub) -> None:
    """The job, from another thread than the one that lands: each has its own connection."""
    thread = threading.Thread(target=hub.remove_quietly)
    thread.start()
    thread.join(timeout=120)


def test_anothers_photo_that_lands_during_the_removal_is_whole_or_refused(
    hub: WithdrawingHub,
) -> None:
    first, other = hub.accept(PHOTO), hub.somebody()
    hub.land_all()
    hub.withdraw(first)
    second = hub.accept(PHOTO, other)  # accepted while the image is still there
    hub.remove_quietly()
    hub.land_all()
    hub.remove_until_done()
    assert state(hub, second) == "landed"
    assert all(hub.store.get(key) for key in objects_of(PHOTO))
    assert_counted_right(hub)


class PointThatCalls(Failpoints):
    """Calls somebody once, before the first upload's rows are written."""

    def __init__(self, call: Callable[[], None]) -> None:
        super().__init__()
        self._calls = [call]

    def reached(self, name: str) -> None:
        if self._calls and name == "before_rows":
            self._calls.pop()()


def test_a_photo_that_is_removed_while_anothers_upload_of_it_lands_is_stored_again(
    hub: WithdrawingHub,
) -> None:
    first, other = hub.accept(PHOTO), hub.somebody()
    hub.land_all()
    second = hub.accept(PHOTO, other)

    def go() -> None:
        hub.withdraw(first)
        hub_job(hub)

    hub.land_all(hub.pipeline(failpoints=PointThatCalls(go)))
    hub.remove_until_done()
    assert state(hub, second) == "landed"
    assert all(hub.store.get(key) for key in objects_of(PHOTO))
    assert_counted_right(hub)


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


class DyingStore(FolderStore):
    """Dies at its nth change."""

    def __init__(self, path: str, changes: int) -> None:
        super().__init__(path)
        self.changes = changes

    def delete(self, key: str) -> None:
        if self.changes == 0:
            raise Killed
        self.changes -= 1
        super().delete(key)


def test_a_removal_that_is_killed_between_any_two_steps_goes_on(hub: WithdrawingHub) -> None:
    hub.accept(PHOTO)
    hub.land_all()
    hub.take_down(PHOTO)
    for changes in range(4):
        with pytest.raises(Killed):
            hub.remove(DyingStore(str(hub.folder), changes))
        assert seen_by_requests(hub) == 0
    hub.remove_until_done()
    assert hub.left_of(PHOTO) == []


def test_withdrawing_twice_at_once_is_withdrawing_once(hub: WithdrawingHub) -> None:
    upload = hub.accept(PHOTO)
    hub.land_all()
    threads = [threading.Thread(target=hub.withdraw, args=(upload,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    with hub.database.transaction() as cursor:
        cursor.execute("select count(*) as rows from withdrawals")
        assert cursor.fetchone().rows == 1
    removers = [threading.Thread(target=hub.remove_quietly) for _ in range(3)]
    for thread in removers:
        thread.start()
    for thread in removers:
        thread.join(timeout=60)
    hub.remove_until_done()
    assert hub.left_of(PHOTO) == []
    assert_counted_right(hub)


def test_a_withdrawn_photo_leaves_label_sets_clusters_and_groups(hub: WithdrawingHub) -> None:
    with hub.database.transaction() as cursor:
        photos = [factories.verified_photo(cursor, hub.label) for _ in range(4)]
        ids = [photo.image_id for photo in photos]
        factories.publish_label_sets(cursor)
        factories.cluster(cursor, hub.label, 0, ids[:3])
        factories.duplicate(cursor, ids[3], ids[0])
    hub.withdraw(photos[0].upload_id, photos[0].account)
    hub.remove_until_done()
    with hub.database.transaction() as cursor:
        cursor.execute("select images from label_set_versions order by version")
        assert [row.images for row in cursor.fetchall()] == [4, 3]
        cursor.execute("select size, medoid_id from clusters")
        assert [(row.size, row.medoid_id) for row in cursor.fetchall()] == [(2, ids[1])]
        cursor.execute("select from duplicates")
        assert cursor.rowcount == 0
    assert_counted_right(hub)


def test_the_proof_names_what_is_left_and_then_nothing(hub: WithdrawingHub) -> None:
    hub.accept(PHOTO)
    hub.land_all()
    name = hashlib.sha256(PHOTO).hexdigest()
    before = look_for(hub.settings, name[:16])
    assert before.tombstone is None
    assert {trace.where for trace in before.left} == {"object", "catalogue", "log"}
    hub.take_down(PHOTO)
    hub.remove_until_done()
    after = look_for(hub.settings, name)
    assert (after.left, after.cannot_tell) == ((), ())
    assert after.tombstone is not None
    assert after.tombstone.swept_at is not None
