"""Counters that are kept say what their rows say, and a wrong one is found."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from imagehub.catalogue.database import Database
from imagehub.catalogue.operation.recount import recount
from imagehub.cli import main
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


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("update landing_counts set total = total + 1 where name = 'landed'", "landed"),
        ("update landing_counts set total = 0 where name = 'refused'", "refused"),
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
