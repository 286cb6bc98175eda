"""The job `cluster` on a real catalogue and real pixels."""

from __future__ import annotations

from typing import Any

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation import job_runs
from imagehub.errors import Conflict
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from imagehub.vocabulary import Label
from spark_jobs import jobs
from spark_jobs.cluster import job as cluster
from spark_jobs.cluster import label_clusters
from spark_jobs.runs import SparkJobContext, job_run
from tests import factories
from tests.spark.near_copies import COPIES, copy_of, drawing, embedding


class Hub:
    """A small hub whose images this test lands, checks and verifies."""

    def __init__(
        self, database: Database, store: FolderStore, settings: Settings, spark: Any
    ) -> None:
        self.database, self.store, self.settings, self.spark = database, store, settings, spark

    def land(
        self, jpeg: bytes, of: Label, looks_like: int, size: tuple[int, int] = (320, 240)
    ) -> str:
        with self.database.transaction() as cursor:
            made = factories.photo(cursor, of, store=self.store, jpeg=jpeg, size=size)
            factories.checks(
                cursor, made.image_id, embedding=embedding(looks_like, int(made.image_id, 16))
            )
            factories.verdict(cursor, made.image_id, of)
        return made.image_id

    def label(self, name: str) -> Label:
        with self.database.transaction() as cursor:
            return factories.label(cursor, name)

    def run(self) -> dict[str, int]:
        return jobs.execute("cluster", self.settings, self.spark, self.database, self.store)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.database.transaction() as cursor:
            cursor.execute(query)
            return [tuple(row) for row in cursor.fetchall()]

    def keepers(self) -> dict[str, str]:
        found = self.rows("select image_id, keeper_id from duplicates")
        return dict(found)

    def everything(self) -> list[list[tuple[Any, ...]]]:
        return [
            self.rows("select * from duplicates order by 1"),
            self.rows("select * from clusters order by 1"),
            self.rows("select * from cluster_members order by 1, 2"),
        ]


@pytest.fixture
def hub(database: Database, store: FolderStore, settings: Settings, spark: Any) -> Hub:
    return Hub(database, store, settings, spark)


def test_copies_hang_on_the_sharpest_and_others_stay_alone(hub: Hub) -> None:
    dogs = hub.label("Dog")
    first = drawing(1, (640, 480))
    small = hub.land(copy_of(first, "smaller"), dogs, looks_like=1, size=(320, 240))
    sharp = hub.land(first, dogs, looks_like=1, size=(640, 480))
    copies = [hub.land(copy_of(first, how), dogs, looks_like=1, size=(600, 450)) for how in COPIES]
    for seed in range(2, 8):
        hub.land(drawing(seed), dogs, looks_like=1)  # alike to the network, not to the eye
    hub.run()
    assert hub.keepers() == dict.fromkeys([small, *copies], sharp)


def test_a_forged_fingerprint_alone_merges_nothing(hub: Hub) -> None:
    dogs = hub.label("Dog")
    hub.land(drawing(1), dogs, looks_like=1)
    hub.land(drawing(2), dogs, looks_like=2)
    with hub.database.transaction() as cursor:
        cursor.execute("update images set fingerprint = 42")
    hub.run()
    assert hub.keepers() == {}


def test_a_near_fingerprint_proposes_what_the_network_does_not_see(hub: Hub) -> None:
    dogs = hub.label("Dog")
    for seed in range(30, 42):
        hub.land(drawing(seed), dogs, looks_like=1)
    first = hub.land(drawing(1), dogs, looks_like=1)
    copy = hub.land(copy_of(drawing(1), "recompressed"), dogs, looks_like=2)
    with hub.database.transaction() as cursor:
        cursor.execute("update images set fingerprint = 1 << 40 where id = %s", (first,))
        cursor.execute("update images set fingerprint = (1 << 40) + 5 where id = %s", (copy,))
    hub.run()
    assert hub.keepers() == {copy: first}


def test_a_sharper_copy_that_comes_later_becomes_the_keeper_of_all(hub: Hub) -> None:
    dogs = hub.label("Dog")
    original = drawing(5, (640, 480))
    old = hub.land(copy_of(original, "smaller"), dogs, looks_like=5, size=(320, 240))
    member = hub.land(copy_of(original, "brighter"), dogs, looks_like=5, size=(300, 220))
    hub.run()
    assert hub.keepers() == {member: old}
    better = hub.land(original, dogs, looks_like=5, size=(640, 480))
    hub.run()
    assert hub.keepers() == {member: better, old: better}


def test_run_again_it_changes_nothing(hub: Hub) -> None:
    dogs, cats = hub.label("Dog"), hub.label("Cat")
    for seed in range(10):
        hub.land(drawing(seed), dogs, looks_like=seed % 2)
    hub.land(drawing(20), cats, looks_like=20)
    hub.land(copy_of(drawing(20), "mirrored"), cats, looks_like=20)
    counts = hub.run()
    before = hub.everything()
    assert counts["near_duplicates"] == 1
    assert counts["compared_images"] == 12
    again = hub.run()
    assert (again["compared_images"], again["clustered_labels"]) == (0, 0)
    assert hub.everything() == before


@pytest.mark.parametrize("small_images", [label_clusters.SMALL_IMAGES, 4])
def test_photos_that_look_alike_share_a_cluster_of_their_label_be_it_small_or_large(
    hub: Hub, small_images: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_clusters, "SMALL_IMAGES", small_images)
    dogs, cats = hub.label("Dog"), hub.label("Cat")
    for number in range(8):
        hub.land(drawing(100 + number), dogs, looks_like=number % 2)
    lone = hub.land(drawing(200), cats, looks_like=1)
    hub.run()
    found = hub.rows(
        "select label, ordinal, size, (select count(*) from cluster_members where cluster_id = id),"
        " medoid_id from clusters order by label, ordinal"
    )
    assert [row[:4] for row in found] == [
        (dogs.mid, 0, 4, 4),
        (dogs.mid, 1, 4, 4),
        (cats.mid, 0, 1, 1),
    ]
    assert found[2][4] == lone


def test_photos_that_all_look_the_same_are_one_cluster(hub: Hub) -> None:
    dogs = hub.label("Dog")
    for number in range(12):
        hub.land(drawing(number), dogs, looks_like=1)
    with hub.database.transaction() as cursor:
        cursor.execute(
            "update image_checks set embedding = (select embedding from image_checks limit 1)"
        )
    hub.run()
    assert hub.rows("select label, size from clusters") == [(dogs.mid, 12)]


def test_only_labels_that_changed_are_clustered_anew(hub: Hub) -> None:
    dogs, cats = hub.label("Dog"), hub.label("Cat")
    for number in range(4):
        hub.land(drawing(number), dogs, looks_like=1)
        gone = hub.land(drawing(10 + number), cats, looks_like=2)
    hub.run()
    with hub.database.transaction() as cursor:
        cursor.execute("update verdicts set outcome = 'rejected' where image_id = %s", (gone,))
    assert hub.run()["clustered_labels"] == 1
    assert hub.rows(f"select size from clusters where label = '{cats.mid}'") == [(3,)]


def test_a_run_that_was_replaced_publishes_nothing(hub: Hub) -> None:
    dogs = hub.label("Dog")
    for number in range(3):
        hub.land(drawing(number), dogs, looks_like=number)
    with (
        pytest.raises(Conflict, match="replaced by a newer one"),
        job_run(hub.database, "cluster") as run,
    ):
        with hub.database.transaction() as cursor:
            job_runs.next_epoch(cursor, "cluster")
        cluster.run(SparkJobContext(hub.settings, hub.database, hub.store, run, hub.spark))
    assert hub.everything() == [[], [], []]
    assert hub.rows("select state from job_runs where job = 'cluster'") == [("failed",)]


def test_there_is_work_once_verification_has_spoken(hub: Hub) -> None:
    assert not cluster.has_work(hub.database)
    hub.land(drawing(1), hub.label("Dog"), looks_like=1)
    assert cluster.has_work(hub.database)
    hub.run()
    assert not cluster.has_work(hub.database)


def test_what_a_run_left_over_is_work_too(hub: Hub) -> None:
    hub.run()
    assert not cluster.has_work(hub.database)
    with hub.database.transaction() as cursor:
        cursor.execute("update job_runs set counts = '{\"waiting\": 3}'")
    assert cluster.has_work(hub.database)
