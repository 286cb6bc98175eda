"""Which images are still to be compared with others."""

from __future__ import annotations

from imagehub.catalogue.database import Database
from imagehub.catalogue.duplicates import duplicate_candidates
from imagehub.vocabulary import Finding
from tests import factories


def test_a_photo_that_could_not_be_read_is_compared_once_it_can(database: Database) -> None:
    with database.transaction() as cursor:
        photo = factories.photo(cursor)
        factories.checks(cursor, photo.image_id, [Finding("unreadable", 1.0, "It cannot be read.")])
        assert photo.image_id not in duplicate_candidates.uncompared(cursor, 1_000)
        cursor.execute(
            "update image_checks set findings = '[]' where image_id = %s", [photo.image_id]
        )
        assert photo.image_id in duplicate_candidates.uncompared(cursor, 1_000)
