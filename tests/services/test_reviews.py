"""Reviews in the catalogue: each person once, the last answer counts."""

from __future__ import annotations

from imagehub.catalogue.database import Database
from imagehub.catalogue.reviews import reviews
from imagehub.vocabulary import ReviewAnswer
from tests import factories


def test_a_repeated_review_replaces_the_earlier_one(database: Database) -> None:
    with database.transaction() as cursor:
        photo = factories.photo(cursor)
        person, other = factories.account(cursor), factories.account(cursor)
        claim = (photo.image_id, photo.label.mid)
        reviews.write(cursor, *claim, person.id, ReviewAnswer.UNSURE)
        reviews.write(cursor, *claim, person.id, ReviewAnswer.NO)
        reviews.write(cursor, *claim, other.id, ReviewAnswer.YES)
        found = reviews.of_image(cursor, photo.image_id)
    assert {review.account_id: review.answer for review in found} == {
        person.id: ReviewAnswer.NO,
        other.id: ReviewAnswer.YES,
    }


def test_a_withdrawn_review_is_gone_and_cannot_be_withdrawn_again(database: Database) -> None:
    with database.transaction() as cursor:
        photo, person = factories.photo(cursor), factories.account(cursor)
        reviews.write(cursor, photo.image_id, photo.label.mid, person.id, ReviewAnswer.YES)
        assert reviews.withdraw(cursor, photo.image_id, photo.label.mid, person.id)
        assert not reviews.withdraw(cursor, photo.image_id, photo.label.mid, person.id)
        assert reviews.of_image(cursor, photo.image_id) == []
