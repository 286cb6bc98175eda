"""A withdrawal runs beside the jobs that need Spark: none of them waits for ever."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.uploads import removals
from imagehub.catalogue.verification import crowd_claims, crowd_models, image_checks
from imagehub.catalogue.verification.crowd_claims import WeightedClaim
from imagehub.catalogue.verification.image_checks import Check
from tests import factories
from tests.factories.uploads import Photo
from tests.services.withdrawing import WithdrawingHub, withdrawing_hub


@pytest.fixture
def hub(catalogue_url: str, database: Database, tmp_path: Path) -> WithdrawingHub:
    with database.transaction() as cursor:
        return withdrawing_hub(cursor, catalogue_url, tmp_path)


@pytest.fixture
def photos(hub: WithdrawingHub) -> list[Photo]:
    """Two photos; the first is about to go."""
    with hub.database.transaction() as cursor:
        found = [factories.photo(cursor, hub.label) for _ in range(2)]
        crowd_models.begin(cursor, factories.verification_version(cursor))
    hub.withdraw(found[0].upload_id, found[0].account)
    return found


def one_waits(hub: WithdrawingHub) -> None:
    """Return once a connection waits for another's lock."""
    watcher = Database(hub.url)
    deadline = time.monotonic() + 60
    waiting = 0
    while not waiting:
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.02)
        with watcher.transaction() as cursor:
            cursor.execute("select count(*) as waiting from pg_locks where not granted")
            waiting = cursor.fetchone().waiting
    watcher.close()


def see(cursor: Cursor, photos: list[Photo]) -> None:
    """Write what verification saw in the photos."""
    seen = np.zeros(256, np.float32)
    version = factories.verification_version(cursor)
    image_checks.store_checks(
        cursor, version, [Check(photo.image_id, [], {}, seen) for photo in photos]
    )


def test_what_was_seen_in_a_photo_that_goes_meanwhile_is_not_written(
    hub: WithdrawingHub, photos: list[Photo]
) -> None:
    def write() -> None:
        database = Database(hub.url)
        with database.transaction() as cursor:
            see(cursor, photos)
        database.close()

    with ThreadPoolExecutor(1) as threads:
        with hub.database.transaction() as cursor:
            assert removals.hold_image(cursor, photos[0].photo_sha256)
            removals.remove_upload(cursor, photos[0].upload_id)
            removals.delete_image(cursor, photos[0].image_id)
            writing = threads.submit(write)
            one_waits(hub)
        writing.result(timeout=60)
    with hub.database.transaction() as cursor:
        cursor.execute("select image_id from image_checks")
        assert [row.image_id for row in cursor.fetchall()] == [photos[1].image_id]


def test_a_withdrawal_waits_for_a_change_of_the_model_and_the_change_does_not_wait_for_it(
    hub: WithdrawingHub, photos: list[Photo]
) -> None:
    gone = photos[0]
    with ThreadPoolExecutor(1) as threads:
        with hub.database.transaction() as cursor:
            version = factories.verification_version(cursor)
            crowd_models.hold(cursor)
            removing = threads.submit(hub.remove_until_done)
            one_waits(hub)
            see(cursor, photos)
            claim = WeightedClaim(gone.image_id, gone.label.mid, None, 1.0, (str(gone.account.id),))
            crowd_claims.write(cursor, version, [claim], "judge")
        removing.result(timeout=60)
    with hub.database.transaction() as cursor:
        cursor.execute("select id from images")
        assert [row.id for row in cursor.fetchall()] == [photos[1].image_id]
        cursor.execute("select from crowd_claims")
        assert cursor.rowcount == 0


@pytest.mark.parametrize("is_there", [True, False])
def test_a_job_that_publishes_images_learns_that_one_is_gone(
    hub: WithdrawingHub, photos: list[Photo], is_there: bool
) -> None:
    if not is_there:
        hub.remove_until_done()
    with hub.database.transaction() as cursor:
        assert removals.hold_images(cursor, [photo.image_id for photo in photos]) is is_there
