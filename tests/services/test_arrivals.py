"""In which order verification takes uploads in: none is missed, however late it commits."""

from __future__ import annotations

from imagehub.catalogue.database import Database
from imagehub.catalogue.verification import arrivals, crowd_claims, crowd_models
from imagehub.catalogue.verification.arrivals import FIRST_ID, ArrivalCursor
from imagehub.catalogue.verification.crowd_claims import WeightedClaim
from tests.factories.labels import label
from tests.factories.uploads import Photo, photo, same_photo_again
from tests.factories.verification import verification_version

START = ArrivalCursor(0, FIRST_ID)


def add_arrivals(
    database: Database, version: int, arrival_cursor: ArrivalCursor, limit: int = 100
) -> ArrivalCursor:
    """Take in some uploads and come as far as they go; the place behind the last."""
    with database.transaction() as cursor:
        arrived = arrivals.after(cursor, version, arrival_cursor, limit)
        claims = crowd_claims.read_claims(cursor, version, arrived.claims)
        crowd_claims.write(
            cursor,
            version,
            [
                WeightedClaim(claim.image_id, claim.label, None, 1.0, claim.claimants)
                for claim in claims
            ],
            None,
        )
        crowd_models.advance(cursor, version, arrived.safe_end)
    return arrived.end


def land(database: Database, uploads: int = 1) -> list[Photo]:
    with database.transaction() as cursor:
        return [photo(cursor) for _ in range(uploads)]


def begin(database: Database) -> int:
    with database.transaction() as cursor:
        version = verification_version(cursor)
        crowd_models.begin(cursor, version)
        return version


def waiting(database: Database, version: int) -> set[str]:
    with database.transaction() as cursor:
        found = arrivals.after(cursor, version, arrivals.position(cursor, version), 100)
    return {image_id for image_id, _ in found.claims}


def check(database: Database) -> None:
    """Let the version have looked at everything."""
    with database.transaction() as cursor:
        cursor.execute(
            "insert into image_checks (image_id, version, findings, classes, embedding)"
            " select i.id, v.version, '[]', '{}', array_fill(0.5, array[256])::halfvec"
            " from images i, verification_versions v on conflict do nothing"
        )


def test_uploads_are_taken_in_once_page_by_page(database: Database) -> None:
    version, landed = begin(database), land(database, 5)
    check(database)
    arrival_cursor = START
    for left in (3, 1, 0):
        arrival_cursor = add_arrivals(database, version, arrival_cursor, 2)
        assert len(waiting(database, version)) == left
    land(database, 1)
    assert len(waiting(database, version)) == 1
    with database.transaction() as cursor:
        assert arrivals.count(cursor, version) == 1
    assert landed


def test_an_upload_that_commits_late_is_not_missed(database: Database) -> None:
    version = begin(database)
    slow = Database(database.url)
    with slow.transaction() as cursor:
        claimed = label(cursor)
        early = land(database)[0]
        check(database)
        assert waiting(database, version) == {early.image_id}
        add_arrivals(database, version, START)
        assert waiting(database, version) == set()
        with database.transaction() as other:
            assert not arrivals.waits(other, 3600)
        late = photo(cursor, claimed)
    slow.close()
    check(database)
    assert waiting(database, version) == {late.image_id}
    with database.transaction() as cursor:
        assert arrivals.waits(cursor, 3600)


def test_the_same_photo_and_label_from_somebody_else_arrives_again(database: Database) -> None:
    version, first = begin(database), land(database)[0]
    check(database)
    add_arrivals(database, version, START)
    with database.transaction() as cursor:
        same_photo_again(cursor, first)
    assert waiting(database, version) == {first.image_id}


def test_a_catalogue_restored_elsewhere_is_read_from_the_start(database: Database) -> None:
    version = begin(database)
    land(database)
    check(database)
    add_arrivals(database, version, START)
    with database.transaction() as cursor:
        cursor.execute("update crowd_models set taken_to = 9000000000000000000")
    new = land(database)[0]
    check(database)
    assert waiting(database, version) == {new.image_id}
    with database.transaction() as cursor:
        assert arrivals.waits(cursor, 3600)
