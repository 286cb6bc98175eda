"""Counters that are kept say what their rows say, and a wrong one is found."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation.recount import recount
from imagehub.catalogue.uploads import removals
from imagehub.cli import main
from imagehub.vocabulary import Outcome
from tests import factories


@pytest.fixture
def full(database: Database) -> Database:
    """A catalogue with images, a duplicate, a refusal, label sets and a cluster."""
    with database.transaction() as cursor:
        animal = factories.label(cursor, "Animal of ours")
        dog = factories.label(cursor, "Dog of ours", is_a=[animal])
        photos = [factories.verified_photo(cursor, dog) for _ in range(3)]
        factories.same_photo_again(cursor, photos[0])
        factories.refused_upload(cursor)
        factories.cluster(cursor, dog, 0, [photo.image_id for photo in photos])
        factories.publish_label_sets(cursor)
    return database


def test_a_full_catalogue_counts_right(full: Database) -> None:
    tallies = {tally.name: tally for tally in recount(full)}
    assert all(tally.is_right for tally in tallies.values()), tallies
    assert tallies["images"].kept == 3
    assert tallies["exact_duplicates"].kept == 1
    assert tallies["refused"].kept == 1
    assert tallies["accepted"].kept == 5
    assert tallies["label_sets_counted_right"].kept == 2
    assert tallies["label_set_images"].kept == 6
    assert tallies["cluster_members"].kept == 3


@pytest.mark.parametrize("seed", range(5))
def test_counters_are_right_after_any_history(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    with database.transaction() as cursor:
        labels = [factories.label(cursor) for _ in range(3)]
        photos = [factories.verified_photo(cursor, dice.choice(labels)) for _ in range(6)]
    for _ in range(40):
        with database.transaction() as cursor:
            photo = dice.choice(photos)
            match dice.randrange(5):
                case 0:
                    photos.append(factories.verified_photo(cursor, dice.choice(labels)))
                case 1:
                    factories.same_photo_again(cursor, photo)
                case 2:
                    cursor.execute(
                        "select id from uploads where image_id = %s order by id", (photo.image_id,)
                    )
                    ids = [row.id for row in cursor.fetchall()]
                    if len(ids) > 1:
                        removals.remove_upload(cursor, dice.choice(ids))
                case 3:
                    removals.forget_verdicts(cursor, photo.image_id, [photo.label.mid])
                    factories.verdict(
                        cursor, photo.image_id, photo.label, dice.choice(list(Outcome))
                    )
                case _:
                    photos.remove(photo)
                    for upload in removals.uploads_of(cursor, photo.image_id):
                        removals.remove_upload(cursor, upload)
                    removals.delete_image(cursor, photo.image_id)
                    photos.append(factories.verified_photo(cursor, photo.label))
    assert [check for check in recount(database) if not check.is_right] == []


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("update landing_counts set total = total + 1 where name = 'landed'", "landed"),
        ("update landing_counts set total = 0 where name = 'refused'", "refused"),
        ("update claim_counts set images = images + 1", "claims_counted_right"),
        ("update verdict_counts set images = 0 where label = ''", "verdicts_counted_right"),
        ("update row_counts set total = 0 where name = 'clusters'", "rows_of_clusters"),
        ("update landing_counts set total = 0 where name = 'images'", "images"),
        ("update landing_counts set total = 9 where name = 'exact_duplicates'", "exact_duplicates"),
        ("delete from acceptances where upload_id in (select id from uploads limit 1)", "accepted"),
        (
            "update label_set_counts set own_images = own_images + 1",
            "label_sets_counted_right",
        ),
        ("delete from label_ancestors where distance = 1", "label_ancestors"),
        ("update clusters set size = 2", "cluster_members"),
    ],
)
def test_a_counter_that_is_wrong_is_found(full: Database, damage: str, found: str) -> None:
    with full.transaction() as cursor:
        cursor.execute(damage)
    shown = CliRunner(env={"IMAGEHUB_CATALOGUE_URL": full.url}).invoke(
        main, ["status", "--recount", "--json"]
    )
    assert shown.exit_code == 1, shown.output
    assert [counter["name"] for counter in json.loads(shown.stdout) if not counter["right"]] == [
        found
    ]


def test_labels_that_are_judged_side_by_side_wait_for_one_another(database: Database) -> None:
    """Verdicts of one label turn round while those of another do: neither may be given up."""
    with database.transaction() as cursor:
        photos = [factories.verified_photo(cursor) for _ in range(4)]
    turn = {Outcome.VERIFIED: Outcome.NEEDS_REVIEW, Outcome.NEEDS_REVIEW: Outcome.VERIFIED}

    def judge(number: int) -> None:
        own = Database(database.url)
        outcome = list(turn)[number % 2]
        for _ in range(100):
            with own.transaction() as cursor:
                cursor.execute(
                    "update verdicts set outcome = %s where image_id = %s",
                    (outcome, photos[number].image_id),
                )
            outcome = turn[outcome]
        own.close()

    with ThreadPoolExecutor(len(photos)) as pool:
        list(pool.map(judge, range(len(photos))))
    assert [check for check in recount(database) if not check.is_right] == []
