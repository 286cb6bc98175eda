"""What the desk asks whom: the useful first, hidden gold, never one's own, never the same twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.reviews import review_questions, reviews
from imagehub.catalogue.reviews.review_questions import GOLD_SHARE, Question
from imagehub.catalogue.web_login import ROLE
from imagehub.vocabulary import Account, Evidence, Label, Outcome, ReviewAnswer
from tests import factories
from tests.factories import Photo


@pytest.fixture
def as_web(catalogue_url: str, database: Database) -> Iterator[Database]:
    """The catalogue as requests see it."""
    acting = Database(catalogue_url, role=ROLE)
    yield acting
    acting.close()


def waiting(cursor: Cursor, label: Label | None = None, probability: float = 0.5) -> Photo:
    made = factories.photo(cursor, label)
    factories.verdict(cursor, made.image_id, made.label, Outcome.NEEDS_REVIEW, probability)
    return made


def deal(as_web: Database, account: Account, wanted: int = 10, most: int = 500) -> list[Question]:
    with as_web.acting_for(account.id).transaction() as cursor:
        return review_questions.deal(cursor, wanted, most, 2)


def images(questions: list[Question]) -> set[str]:
    return {question.image_id for question in questions}


def test_one_is_asked_about_others_photos_and_never_about_copies_of_ones_own(
    database: Database, as_web: Database
) -> None:
    with database.transaction() as cursor:
        me, label = factories.account(cursor), factories.label(cursor)
        asked, copied = waiting(cursor, label), waiting(cursor, label)
        own = factories.photo(cursor, label, owner=me)
        factories.verdict(cursor, own.image_id, label, Outcome.NEEDS_REVIEW, 0.5)
        factories.duplicate(
            cursor, factories.photo(cursor, label, owner=me).image_id, copied.image_id
        )
        hanging = waiting(cursor, label)
        factories.duplicate(cursor, hanging.image_id, asked.image_id)
        settled = factories.photo(cursor, label)
        factories.verdict(cursor, settled.image_id, label, Outcome.VERIFIED, 0.5)
        answered, its_copy = waiting(cursor, label), factories.photo(cursor, label)
        factories.duplicate(cursor, its_copy.image_id, answered.image_id)
        reviews.write(cursor, its_copy.image_id, label.mid, me.id, ReviewAnswer.NO)
    assert images(deal(as_web, me)) == {asked.image_id}


def test_the_same_questions_stay_open_until_they_are_answered_and_are_not_asked_again(
    database: Database, as_web: Database
) -> None:
    with database.transaction() as cursor:
        me = factories.account(cursor)
        for _ in range(6):
            waiting(cursor)
    first = deal(as_web, me, wanted=4)
    assert len(first) == 4
    assert deal(as_web, me, wanted=4) == first
    with as_web.acting_for(me.id).transaction() as cursor:
        for question in first:
            reviews.write(cursor, question.image_id, question.label.mid, me.id, ReviewAnswer.YES)
    second = deal(as_web, me, wanted=4)
    assert len(second) == 2
    assert not images(first) & images(second)


def test_doubt_comes_first_and_a_label_in_need_before_one_with_many_photos(
    database: Database, as_web: Database
) -> None:
    with database.transaction() as cursor:
        people = [factories.account(cursor) for _ in range(3)]
        rich, poor = factories.label(cursor), factories.label(cursor)
        for _ in range(50):
            factories.verified_photo(cursor, rich)
        sure = {waiting(cursor, poor, 0.06).image_id for _ in range(2)}
        needed = {waiting(cursor, poor, 0.4).image_id for _ in range(2)}
        doubtful = {waiting(cursor, rich, 0.5).image_id for _ in range(2)}
        for image_id in needed | doubtful:
            label = poor if image_id in needed else rich
            reviews.write(cursor, image_id, label.mid, people[2].id, ReviewAnswer.UNSURE)
    # Of the twice as many that are the most useful, some are taken at random.
    expected = [(1, needed), (2, needed | doubtful), (2, sure)]
    for account, (wanted, useful) in zip(people, expected, strict=True):
        found = deal(as_web, account, wanted)
        assert (len(found), images(found) <= useful) == (wanted, True)


def test_a_claim_lies_before_two_people_at_a_time_and_no_longer_when_it_is_settled(
    database: Database, as_web: Database
) -> None:
    with database.transaction() as cursor:
        people = [factories.account(cursor) for _ in range(4)]
        photo = waiting(cursor)
    for account in people[:2]:
        assert images(deal(as_web, account)) == {photo.image_id}
    assert deal(as_web, people[2]) == []
    with database.transaction() as cursor:
        cursor.execute("update review_questions set asked_at = now() - interval '1 hour'")
    assert images(deal(as_web, people[2])) == {photo.image_id}
    with database.transaction() as cursor:
        cursor.execute("update verdicts set outcome = 'verified'")
    for account in people:
        assert deal(as_web, account) == []


def test_gold_is_a_small_share_of_what_is_asked_and_none_without_other_questions(
    database: Database, as_web: Database
) -> None:
    with database.transaction() as cursor:
        people = [factories.account(cursor) for _ in range(2)]
        golds = [factories.verified_photo(cursor) for _ in range(60)]
        for photo in golds:
            factories.review_gold(cursor, photo)
    assert deal(as_web, people[0]) == []
    with database.transaction() as cursor:
        for _ in range(400):
            waiting(cursor)
    known, seen = {photo.image_id for photo in golds}, Counter[bool]()
    for account in people:
        for _ in range(4):
            found = deal(as_web, account, wanted=100)
            seen.update(question.image_id in known for question in found)
            with as_web.acting_for(account.id).transaction() as cursor:
                for question in found:
                    reviews.write(
                        cursor, question.image_id, question.label.mid, account.id, ReviewAnswer.YES
                    )
    assert 0.05 <= GOLD_SHARE <= 0.15
    assert 0.04 < seen[True] / seen.total() < 0.15  # 0.08, and four standard errors either way


def test_a_day_has_so_many_questions_and_fewer_for_who_rests(
    database: Database, as_web: Database
) -> None:
    with database.transaction() as cursor:
        me, weak = factories.account(cursor), factories.account(cursor)
        for _ in range(8):
            waiting(cursor)
        cursor.execute(
            "insert into reviewer_skills values (%s, 0.5, 0.5, 20, true)", (str(weak.id),)
        )
    assert len(deal(as_web, me, wanted=10, most=5)) <= 6  # a gold one may come on top
    assert len(deal(as_web, weak, wanted=10, most=5)) == 2
    with database.transaction() as cursor:
        cursor.execute("update review_questions set asked_at = now() - interval '25 hours'")
    assert len(deal(as_web, weak, wanted=10, most=5)) == 4


def test_one_person_who_asks_twice_at_once_gets_each_question_once(
    catalogue_url: str, database: Database
) -> None:
    with database.transaction() as cursor:
        me = factories.account(cursor)
        for _ in range(30):
            waiting(cursor)
    gate, found = threading.Barrier(4), list[list[Question]]()

    def ask() -> None:
        acting = Database(catalogue_url, role=ROLE)
        gate.wait(timeout=60)
        found.append(deal(acting, me, wanted=10))
        acting.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(found) == 4
    assert all(batch == found[0] for batch in found)
    with database.transaction() as cursor:
        cursor.execute("select count(*) as n from review_questions")
        assert cursor.fetchone().n == 10


def test_gold_is_chosen_where_all_agree_both_ways(database: Database) -> None:
    def sources(crowd: float | None, network: float | None) -> list[Evidence]:
        return [Evidence("crowd", crowd, "x"), Evidence("network", network, "x")]

    with database.transaction() as cursor:
        right, wrong = factories.photo(cursor), factories.photo(cursor)
        cases = [
            (right, Outcome.VERIFIED, 0.995, sources(0.99, 0.98)),
            (wrong, Outcome.REJECTED, 0.002, sources(0.2, 0.1)),
            (factories.photo(cursor), Outcome.VERIFIED, 0.995, sources(0.999, None)),
            (factories.photo(cursor), Outcome.VERIFIED, 0.995, sources(0.999, 0.9)),
            (factories.photo(cursor), Outcome.VERIFIED, 0.98, sources(0.97, 0.97)),
            (factories.photo(cursor), Outcome.REJECTED, 0.002, sources(0.2, 0.97)),
            (factories.photo(cursor), Outcome.REJECTED, 0.9, sources(0.97, 0.97)),
        ]
        for photo, outcome, probability, evidence in cases:
            factories.verdict(cursor, photo.image_id, photo.label, outcome, probability, evidence)
        assert review_questions.choose_golds(cursor, is_right=True, count=10) == 1
        assert review_questions.choose_golds(cursor, is_right=False, count=10) == 1
        assert review_questions.count_golds(cursor) == {True: 1, False: 1}
        cursor.execute("select image_id, is_right from review_golds")
        found = {row.image_id: row.is_right for row in cursor}
    assert found == {right.image_id: True, wrong.image_id: False}
