"""The review desk: questions that are dealt to a person, the answers, and the person's own record.

Some questions are gold: their answer is known and tries the reviewer. Which ones is decided in
Postgres, by a function that hands out questions without saying so; nothing here can tell.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.reviews import review_questions, reviews
from imagehub.catalogue.reviews.review_questions import Question
from imagehub.errors import Conflict, NotFound
from imagehub.vocabulary import Account, ReviewAnswer

QUESTIONS_A_DAY = 500
RESTING_QUESTIONS_A_DAY = 2
"""What one person is asked in a day; the second of those whose answers are often wrong, so that
they can come back (`spark_jobs/verify/agreement/review_rules.py` says who that is)."""

QUESTIONS_AHEAD = 6
CHANGES_WITHIN = timedelta(minutes=15)
"""So long an answer may be changed or taken back."""


def questions(database: Database) -> list[Question]:
    """The account's open questions, new ones where they run out; few or none at a day's end."""
    with database.transaction() as cursor:
        return review_questions.deal(
            cursor, QUESTIONS_AHEAD, QUESTIONS_A_DAY, RESTING_QUESTIONS_A_DAY
        )


def answer(
    database: Database, account: Account, question_id: str, review_answer: ReviewAnswer
) -> None:
    """Write an answer, in place of one that was given just before.

    Raises NotFound for a question that the account did not get, Conflict where it is too late.
    """
    with database.transaction() as cursor:
        question = _changeable(cursor, question_id)
        reviews.write(cursor, question.image_id, question.label.mid, account.id, review_answer)


def withdraw(database: Database, account: Account, question_id: str) -> None:
    """Take an answer back, if there is one: the question is open again. Raises as `answer` does."""
    with database.transaction() as cursor:
        question = _changeable(cursor, question_id)
        reviews.withdraw(cursor, question.image_id, question.label.mid, account.id)


def find(database: Database, question_id: str) -> Question:
    """A question of the account; raise NotFound for any other."""
    with database.transaction() as cursor:
        return _find(cursor, question_id)


def _changeable(cursor: Cursor, question_id: str) -> Question:
    found = _find(cursor, question_id)
    if found.answered_at and datetime.now(UTC) - found.answered_at > CHANGES_WITHIN:
        raise Conflict("You answered this a while ago; it has been counted.")
    return found


def _find(cursor: Cursor, question_id: str) -> Question:
    try:
        found = review_questions.find(cursor, UUID(question_id))
    except ValueError:
        found = None
    if found is None:
        raise NotFound("There is no such question for you.")
    return found
