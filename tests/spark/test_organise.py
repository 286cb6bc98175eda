"""The job `organise` on a real catalogue. It needs no Spark session of its own."""

from __future__ import annotations

import random
from typing import Any

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation import job_runs
from imagehub.errors import Conflict
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from imagehub.vocabulary import Label, Outcome
from spark_jobs import jobs
from spark_jobs.organise import job as organise
from spark_jobs.runs import JobContext, job_run
from tests import factories


class Sets:
    """Runs the job and reads what it published."""

    def __init__(self, database: Database, settings: Settings, store: FolderStore) -> None:
        self.database, self.settings, self.store = database, settings, store

    def run(self) -> dict[str, int]:
        return jobs.execute("organise", self.settings, None, self.database, self.store)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.database.transaction() as cursor:
            cursor.execute(query)
            return [tuple(row) for row in cursor.fetchall()]

    def members(self, version: int) -> set[tuple[Any, ...]]:
        return set(
            self.rows(
                f"select label, image_id from label_set_members where added_in <= {version}"
                f" and (removed_in is null or removed_in > {version})"
            )
        )

    def counts(self) -> dict[str, tuple[int, int]]:
        found = self.rows("select label, images, own_images from label_set_counts")
        return {label: (images, own) for label, images, own in found}


@pytest.fixture
def sets(database: Database, settings: Settings, store: FolderStore) -> Sets:
    return Sets(database, settings, store)


@pytest.fixture
def tree(database: Database) -> dict[str, Label]:
    """Animal and pet above dog; a tail is part of a dog."""
    with database.transaction() as cursor:
        animal = factories.label(cursor, "Animal")
        pet = factories.label(cursor, "Pet", is_a=[animal])
        dog = factories.label(cursor, "Dog", is_a=[pet, animal])
        tail = factories.label(cursor, "Tail", part_of=[dog])
    return {"animal": animal, "pet": pet, "dog": dog, "tail": tail}


def test_an_image_is_in_the_sets_of_its_label_and_all_ancestors(
    sets: Sets, tree: dict[str, Label]
) -> None:
    with sets.database.transaction() as cursor:
        dog = factories.verified_photo(cursor, tree["dog"]).image_id
        tail = factories.verified_photo(cursor, tree["tail"]).image_id
        rejected = factories.photo(cursor, tree["dog"]).image_id
        factories.verdict(cursor, rejected, tree["dog"], Outcome.REJECTED)
        factories.verdict(cursor, dog, tree["animal"])  # verified twice: counted once
    counts = sets.run()
    assert counts == {"added": 5, "removed": 0, "version": 1, "images": 2, "label_sets": 4}
    assert sets.members(1) == {
        (tree["dog"].mid, dog),
        (tree["pet"].mid, dog),
        (tree["animal"].mid, dog),
        (tree["tail"].mid, tail),
    }
    assert sets.counts() == {
        tree["dog"].mid: (1, 1),
        tree["pet"].mid: (1, 0),
        tree["animal"].mid: (1, 1),
        tree["tail"].mid: (1, 1),
    }


def test_without_a_change_there_is_no_new_version(sets: Sets, tree: dict[str, Label]) -> None:
    with sets.database.transaction() as cursor:
        factories.verified_photo(cursor, tree["dog"])
    first = sets.run()
    with sets.database.transaction() as cursor:
        cursor.execute("update verdicts set probability = probability - 0.01")
    assert sets.run() == {**first, "added": 0, "removed": 0}
    assert sets.rows("select count(*) from label_set_versions") == [(1,)]


def test_an_older_version_can_be_read_again(sets: Sets, tree: dict[str, Label]) -> None:
    with sets.database.transaction() as cursor:
        stays = factories.verified_photo(cursor, tree["pet"]).image_id
        goes = factories.verified_photo(cursor, tree["dog"]).image_id
    sets.run()
    before = sets.members(1)
    with sets.database.transaction() as cursor:
        cursor.execute("update verdicts set outcome = 'rejected' where image_id = %s", (goes,))
    assert sets.run()["removed"] == 3
    assert sets.members(1) == before
    assert sets.members(2) == {(tree["pet"].mid, stays), (tree["animal"].mid, stays)}
    assert sets.counts() == {tree["pet"].mid: (1, 1), tree["animal"].mid: (1, 0)}


def test_the_last_image_can_leave(sets: Sets, tree: dict[str, Label]) -> None:
    with sets.database.transaction() as cursor:
        factories.verified_photo(cursor, tree["tail"])
    sets.run()
    with sets.database.transaction() as cursor:
        cursor.execute("update verdicts set outcome = 'needs_review'")
    assert sets.run()["version"] == 2
    assert sets.members(2) == set()
    assert sets.counts() == {}


@pytest.mark.parametrize("seed", range(5))
def test_publishing_what_changed_gives_what_publishing_everything_gives(
    sets: Sets, tree: dict[str, Label], seed: int
) -> None:
    dice = random.Random(seed)
    labels = list(tree.values())
    with sets.database.transaction() as cursor:
        made = [factories.verified_photo(cursor, dice.choice(labels)) for _ in range(12)]
    sets.run()
    for _ in range(6):
        with sets.database.transaction() as cursor:
            for photo in dice.sample(made, 3):
                outcome = dice.choice([Outcome.VERIFIED, Outcome.REJECTED])
                cursor.execute(
                    "update verdicts set outcome = %s, probability = %s where image_id = %s",
                    (str(outcome), dice.random(), photo.image_id),
                )
            other, again = dice.choice(made), dice.choice(labels)
            cursor.execute(
                "delete from verdicts where image_id = %s and label = %s",
                (other.image_id, again.mid),
            )
            factories.verdict(cursor, other.image_id, again)
        sets.run()
        by_difference = sets.counts(), sets.rows("select * from current_members order by 1, 2, 3")
        numbers = sets.rows(
            "select images, label_sets from label_set_versions order by version desc limit 1"
        )
        with sets.database.transaction() as cursor:
            cursor.execute("select count(*) as marks from unorganised")
            assert cursor.fetchone().marks == 0
            cursor.execute("insert into unorganised default values")
        whole = sets.run()
        assert (whole["added"], whole["removed"]) == (0, 0)
        rows = sets.rows("select * from current_members order by 1, 2, 3")
        assert by_difference == (sets.counts(), rows)
        assert numbers == [(len({row[1] for row in rows}), len({row[0] for row in rows}))]
        assert sets.counts() == {
            mid: (
                len({row[1] for row in rows if row[0] == mid}),
                len({row[1] for row in rows if row[0] == row[2] == mid}),
            )
            for mid in {row[0] for row in rows}
        }


def test_a_run_that_was_replaced_publishes_nothing(sets: Sets, tree: dict[str, Label]) -> None:
    with sets.database.transaction() as cursor:
        factories.verified_photo(cursor, tree["dog"])
    with pytest.raises(Conflict), job_run(sets.database, "organise") as run:
        with sets.database.transaction() as cursor:
            job_runs.next_epoch(cursor, "organise")
        organise.run(JobContext(sets.settings, sets.database, sets.store, run))
    assert sets.members(1) == set()
    assert sets.rows("select count(*) from label_set_versions") == [(0,)]


def test_there_is_work_once_verification_has_spoken(sets: Sets, tree: dict[str, Label]) -> None:
    sets.run()
    assert not organise.has_work(sets.database)
    with sets.database.transaction() as cursor:
        factories.verified_photo(cursor, tree["dog"])
    assert organise.has_work(sets.database)
    sets.run()
    assert not organise.has_work(sets.database)
