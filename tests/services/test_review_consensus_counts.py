"""Counting people's answers: votes, gold, relatives, and what each person is told of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.reviews import reviews
from imagehub.catalogue.verification import review_votes
from imagehub.vocabulary import Account, Label, Outcome, ReviewAnswer, Role
from spark_jobs.verify import consensus
from tests import factories
from tests.factories import Photo

YES, NO = ReviewAnswer.YES, ReviewAnswer.NO


def answer(cursor: Cursor, account: Account, photo: Photo, review_answer: ReviewAnswer) -> None:
    reviews.write(cursor, photo.image_id, photo.label.mid, account.id, review_answer)


def recount(cursor: Cursor) -> None:
    assert review_votes.are_waiting(cursor)
    consensus.recount(cursor)
    assert not review_votes.are_waiting(cursor)


def votes(cursor: Cursor, photo: Photo, label: Label | None = None) -> review_votes.Votes | None:
    mid = (label or photo.label).mid
    return review_votes.of_claims(cursor, mid, [photo.image_id]).get(photo.image_id)


def people(cursor: Cursor, number: int, *roles: Role) -> list[Account]:
    return [factories.account(cursor, roles=roles or [Role.REVIEWER]) for _ in range(number)]


def test_an_answer_to_a_claim_that_nobody_makes_any_more_is_counted(database: Database) -> None:
    with database.transaction() as cursor:
        claimed, (account, other) = factories.photo(cursor), people(cursor, 2)
        given_up = replace(claimed, label=factories.label(cursor))
        answer(cursor, account, given_up, YES)
        answer(cursor, other, claimed, YES)
        recount(cursor)
        assert votes(cursor, claimed)


@pytest.mark.parametrize("review_answer", [YES, NO])
def test_answers_add_up_and_a_withdrawn_one_is_gone(
    database: Database, review_answer: ReviewAnswer
) -> None:
    with database.transaction() as cursor:
        photo, (account, other, third) = factories.photo(cursor), people(cursor, 3)
        assert not review_votes.are_waiting(cursor)
        answer(cursor, account, photo, review_answer)
        recount(cursor)
        alone = votes(cursor, photo)
        answer(cursor, other, photo, review_answer)
        answer(cursor, third, photo, ReviewAnswer.UNSURE)
        recount(cursor)
        both = votes(cursor, photo)
        assert alone
        assert both
        assert (both.yes, both.no) == ((2, 0) if review_answer is YES else (0, 2))
        assert abs(both.log_ratio) > 1.7 * abs(alone.log_ratio)
        reviews.withdraw(cursor, photo.image_id, photo.label.mid, account.id)
        reviews.withdraw(cursor, photo.image_id, photo.label.mid, other.id)
        recount(cursor)
        assert votes(cursor, photo) is None


def test_a_yes_for_a_dalmatian_is_one_for_dog_and_a_no_for_dog_is_one_for_dalmatian(
    database: Database,
) -> None:
    with database.transaction() as cursor:
        dog = factories.label(cursor, "Testdog")
        dalmatian = factories.label(cursor, "Testdalmatian", is_a=[dog])
        poodle = factories.label(cursor, "Testpoodle", is_a=[dog])
        first, second = factories.photo(cursor, dalmatian), factories.photo(cursor, dog)
        for photo, labels in ((first, (dog, poodle)), (second, (dalmatian,))):
            for label in labels:
                factories.same_photo_again(cursor, replace(photo, label=label))
        (person,) = people(cursor, 1)
        answer(cursor, person, first, YES)
        answer(cursor, person, second, NO)
        recount(cursor)
        of_dog, of_poodle = votes(cursor, first, dog), votes(cursor, first, poodle)
        of_dalmatian = votes(cursor, second, dalmatian)
    assert of_dog
    assert (of_dog.yes, of_dog.no) == (1, 0)
    assert of_dog.log_ratio > 0
    assert of_poodle is None
    assert of_dalmatian
    assert of_dalmatian.log_ratio < 0


def test_answers_to_gold_are_no_votes_and_failing_it_takes_weight_from_open_votes(
    database: Database,
) -> None:
    with database.transaction() as cursor:
        good, bad = people(cursor, 2)
        doubtful = factories.photo(cursor)
        for person in (good, bad):
            answer(cursor, person, doubtful, YES)
        recount(cursor)
        before = votes(cursor, doubtful)
        for number in range(10):
            photo = factories.verified_photo(cursor)
            factories.review_gold(cursor, photo, is_right=number % 2 == 0)
            factories.review_question(cursor, bad, photo)
            answer(cursor, bad, photo, NO if number % 2 == 0 else YES)
            assert votes(cursor, photo) is None
        recount(cursor)
        after = votes(cursor, doubtful)
        assert votes(cursor, photo) is None
        cursor.execute(
            "select is_resting from reviewer_skills where account_id = %s", (str(bad.id),)
        )
        assert cursor.fetchone().is_resting
    assert before
    assert after
    assert after
    assert after.log_ratio < 0.7 * before.log_ratio


def test_gold_that_people_overrule_is_none_and_their_answers_are_votes(
    database: Database,
) -> None:
    with database.transaction() as cursor:
        photo = factories.verified_photo(cursor)
        factories.review_gold(cursor, photo)
        for person in people(cursor, 4):
            factories.review_question(cursor, person, photo)
            answer(cursor, person, photo, NO)
        recount(cursor)
        cursor.execute("select count(*) as golds from review_golds")
        assert cursor.fetchone().golds == 0
        found = votes(cursor, photo)
    assert found
    assert found.no == 4


def test_too_many_unsure_end_the_asking(database: Database) -> None:
    with database.transaction() as cursor:
        photo = factories.photo(cursor)
        factories.verdict(cursor, photo.image_id, photo.label, Outcome.NEEDS_REVIEW, 0.5)
        for person in people(cursor, 4):
            answer(cursor, person, photo, ReviewAnswer.UNSURE)
        recount(cursor)
        cursor.execute("select asking from review_consensus")
        assert cursor.fetchone().asking == "unsure"


def test_a_person_is_told_of_ten_old_answers_at_a_time_gold_or_not(database: Database) -> None:
    with database.transaction() as cursor:
        me, *others = people(cursor, 3)
        made = [factories.verified_photo(cursor) for _ in range(12)]
        for number, photo in enumerate(made):
            factories.review_question(cursor, me, photo)
            if number % 2:
                factories.review_gold(cursor, photo)
                factories.review_question(cursor, others[0], photo)
                cursor.execute("update review_golds set chosen_at = now() - interval '9 days'")
            for person in (me, *others):
                answer(cursor, person, photo, NO if person is me and number == 0 else YES)
        recount(cursor)
        assert told(cursor, me) is None
        cursor.execute("update reviews set reviewed_at = now() - interval '2 days'")
        consensus.recount(cursor)
        assert told(cursor, me) == (12, 11)
        cursor.execute("update reviews set answer = 'no' where account_id = %s", (str(me.id),))
        consensus.recount(cursor)
        assert told(cursor, me) == (12, 11)


def told(cursor: Cursor, account: Account) -> tuple[int, int] | None:
    cursor.execute(
        "select settled, agreed from reviewer_records where account_id = %s", (str(account.id),)
    )
    row = cursor.fetchone()
    return row and (row.settled, row.agreed)
