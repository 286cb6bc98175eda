"""The coverage board: counted from what landed, told without telling who sent it."""

from __future__ import annotations

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.images.coverage import CoverageFilter
from imagehub.errors import NotFound
from imagehub.settings import Settings
from imagehub.vocabulary import Label
from spark_jobs import jobs
from spark_jobs.coverage.job import has_work
from tests import factories, photos
from tests.services.landing import SmallHub
from webapp.coverage import service as coverage

DEVICES = ["iPhone 15", "Pixel 8", "SONY DSC-RX100", "simulated phone", "A box", None]


@pytest.fixture
def mug(database: Database) -> Label:
    """A label with 24 photos: by day and phone, mostly; two thirds in one cluster."""
    with database.transaction() as cursor:
        mug = factories.label(cursor, "Test mug", is_a=[factories.label(cursor, "Test dish")])
        sent = [factories.verified_photo(cursor, mug).image_id for _ in range(24)]
        for number, image_id in enumerate(sent):
            cursor.execute(
                "update images set brightness = %s where id = %s",
                (20 if number == 0 else None if number == 1 else 120, image_id),
            )
            cursor.execute(
                "update uploads set device = %s, latitude = %s, longitude = 13.4"
                " where image_id = %s",
                (DEVICES[number % 6], -33.0 if number < 2 else 52.5, image_id),
            )
        factories.cluster(cursor, mug, 0, sent[:16])
        factories.cluster(cursor, mug, 1, sent[16:23])
        factories.publish_label_sets(cursor)
    return mug


def work(database: Database) -> dict[str, int]:
    return jobs.execute("coverage", Settings(), None, database, None)  # type: ignore[arg-type] # it stores no object


def told(found: coverage.Coverage) -> dict[str, dict[str, int]]:
    return {
        facet.dimension: {value.code: value.images for value in facet.values}
        | ({"": facet.unknown} if facet.unknown else {})
        for facet in found.facets
    }


def test_photos_are_counted_by_light_device_place_and_cluster(
    database: Database, mug: Label
) -> None:
    assert has_work(database)
    work(database)
    assert not has_work(database)
    found = coverage.of_label(database, mug.mid, CoverageFilter())
    assert found.images == 24
    assert told(found) == {
        "light": {"dark": 1, "normal": 22, "bright": 0, "": 1},
        "device": {"phone": 12, "camera": 4, "other": 4, "": 4},
        "place": {"50 10": 22, "": 2},  # two people would know who was in the south
        "cluster": {"0": 16, "1": 7, "": 1},
    }
    assert [value.words for value in found.thin] == ["bright", "dim"]


def test_a_choice_shows_how_its_photos_spread_over_the_rest(database: Database, mug: Label) -> None:
    work(database)
    found = coverage.of_label(database, mug.mid, CoverageFilter(light="normal", device="camera"))
    assert (found.images, told(found)) == (4, {
        "place": {"50 10": 4}, "cluster": {"0": 3, "1": 1},
    })  # fmt: skip
    with pytest.raises(NotFound):
        coverage.of_label(database, "/m/absent", CoverageFilter())


def test_the_board_has_the_label_and_what_is_above_it(database: Database, mug: Label) -> None:
    work(database)
    page = coverage.board(database, None, 1)
    assert page.after
    names = {
        count.label.name for count in (*page.items, *coverage.board(database, page.after, 9).items)
    }
    assert names == {"Test mug", "Test dish"}


def test_how_light_a_photo_is_is_measured_when_it_lands(small_hub: SmallHub) -> None:
    small_hub.send(small_hub.message(photos.save(photos.plain(90, 80), "JPEG")))
    small_hub.land_all()
    (image,) = small_hub.rows("images")
    assert 0 <= image["brightness"] <= 255
