"""What people say of duplicates holds, whatever pixels say later; and the fit one is kept."""

from __future__ import annotations

from typing import Any

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.duplicates import duplicate_undos
from imagehub.catalogue.verification import versions
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from imagehub.vocabulary import Label, Outcome
from spark_jobs.cluster import job as cluster
from tests import factories
from tests.spark.near_copies import copy_of, drawing, embedding
from tests.spark.test_cluster import Hub


@pytest.fixture
def hub(database: Database, store: FolderStore, settings: Settings, spark: Any) -> Hub:
    return Hub(database, store, settings, spark)


def _copies(hub: Hub, of: Label) -> tuple[str, str, str]:
    """One photo three times, the largest first; grouped."""
    first = drawing(5, (640, 480))
    big = hub.land(first, of, looks_like=5, size=(640, 480))
    middle = hub.land(copy_of(first, "recompressed"), of, looks_like=5, size=(600, 450))
    small = hub.land(copy_of(first, "smaller"), of, looks_like=5, size=(320, 240))
    hub.run()
    assert hub.keepers() == {middle: big, small: big}
    return big, middle, small


def _say_different(hub: Hub, image_a: str, image_b: str) -> None:
    with hub.database.transaction() as cursor:
        person = factories.account(cursor)
        duplicate_undos.undo(cursor, image_a, image_b, person.id)


def _verify_anew(hub: Hub) -> None:
    """Let a new version count, which has looked at every image once more."""
    with hub.database.transaction() as cursor:
        now = versions.current_version(cursor)
        assert now is not None
        version = versions.begin_version(cursor, now)
        for table, columns in (
            ("image_checks", "findings, classes, embedding"),
            ("verdicts", "label, outcome, probability, reasons, evidence, crowd_size, job_run_id"),
        ):
            cursor.execute(
                f"insert into {table} (version, image_id, {columns})"
                f" select %s, image_id, {columns} from {table} where version = %s",
                (version, now.number),
            )
        versions.make_current(cursor, version)


def test_two_that_a_person_parts_never_meet_again_though_a_third_may_hang_on_either(
    hub: Hub,
) -> None:
    dogs = hub.label("Dog")
    big, middle, small = _copies(hub, dogs)
    _say_different(hub, middle, big)
    assert cluster.has_work(hub.database)
    hub.run()
    assert hub.keepers() == {small: big}
    assert not cluster.has_work(hub.database)
    _verify_anew(hub)
    assert hub.run()["compared_images"] == 3
    assert hub.keepers() == {small: big}
    another = hub.land(copy_of(drawing(5, (640, 480)), "brighter"), dogs, looks_like=5)
    hub.run()
    assert hub.keepers() == {small: big, another: big}


def test_two_members_that_a_person_parts_do_not_share_a_keeper(hub: Hub) -> None:
    big, middle, small = _copies(hub, hub.label("Dog"))
    _say_different(hub, small, middle)
    hub.run()
    assert hub.keepers() == {middle: big}


def test_an_undo_said_again_changes_nothing(hub: Hub) -> None:
    big, middle, small = _copies(hub, hub.label("Dog"))
    _say_different(hub, middle, big)
    hub.run()
    before = hub.everything()
    _say_different(hub, big, middle)
    assert not cluster.has_work(hub.database)
    hub.run()
    assert hub.everything() == before
    assert hub.keepers() == {small: big}


def test_an_undo_that_is_taken_back_lets_pixels_decide_again(hub: Hub) -> None:
    big, middle, small = _copies(hub, hub.label("Dog"))
    _say_different(hub, middle, big)
    hub.run()
    with hub.database.transaction() as cursor:
        duplicate_undos.lift(cursor, middle, big)
    assert cluster.has_work(hub.database)
    hub.run()
    assert hub.keepers() == {middle: big, small: big}
    assert not cluster.has_work(hub.database)


def test_people_can_part_images_that_no_group_holds(hub: Hub) -> None:
    dogs = hub.label("Dog")
    one, other = (hub.land(drawing(seed), dogs, looks_like=seed) for seed in (1, 2))
    _say_different(hub, one, other)
    hub.run()
    assert hub.keepers() == {}
    assert not cluster.has_work(hub.database)


def test_a_rejected_image_is_not_the_keeper_of_a_good_one(hub: Hub) -> None:
    big, middle, small = _copies(hub, hub.label("Dog"))
    with hub.database.transaction() as cursor:
        cursor.execute(
            "update verdicts set outcome = %s where image_id = %s", (Outcome.REJECTED, big)
        )
    hub.run()
    assert hub.keepers() == {big: middle, small: middle}


def test_one_photo_under_two_labels_is_one_group(hub: Hub) -> None:
    photo = drawing(5, (640, 480))
    dog = hub.land(photo, hub.label("Dog"), looks_like=5, size=(640, 480))
    cat = hub.land(copy_of(photo, "cropped"), hub.label("Cat"), looks_like=5, size=(600, 450))
    hub.run()
    assert hub.keepers() == {cat: dog}


def test_a_mirrored_copy_is_found_by_its_fingerprint_alone(hub: Hub) -> None:
    dogs = hub.label("Dog")
    for seed in range(30, 38):
        hub.land(drawing(seed), dogs, looks_like=1)
    for seed in range(40, 48):
        hub.land(drawing(seed), dogs, looks_like=2)
    first = hub.land(drawing(1), dogs, looks_like=1)
    copy = hub.land(copy_of(drawing(1), "mirrored"), dogs, looks_like=2)
    fingerprints = {first: 0b1101 << 40, copy: 0b1101 << 40 ^ 0x5555_5555_5555_5555 ^ 0b110}
    with hub.database.transaction() as cursor:
        for image_id, fingerprint in fingerprints.items():
            cursor.execute(
                "update images set fingerprint = %s where id = %s", (fingerprint, image_id)
            )
    hub.run()
    assert hub.keepers() == {copy: first}


def test_embeddings_of_other_versions_hide_no_neighbour(hub: Hub) -> None:
    dogs = hub.label("Dog")
    first = hub.land(drawing(1), dogs, looks_like=1)
    with hub.database.transaction() as cursor:
        now = versions.current_version(cursor)
        assert now is not None
        crowd = [factories.photo(cursor, dogs).image_id for _ in range(120)]
        version = versions.begin_version(cursor, now)
        for image_id in crowd:  # the version to come finds them all nearer than the copy is
            cursor.execute(
                "insert into image_checks (image_id, version, findings, classes, embedding)"
                " values (%s, %s, '[]', '{}', %s::halfvec)",
                (image_id, version, str(embedding(1, int(first, 16)))),
            )
    copy = hub.land(copy_of(drawing(1), "recompressed"), dogs, looks_like=1)
    hub.run()
    assert hub.keepers() == {copy: first}
