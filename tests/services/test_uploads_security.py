"""Whose uploads a request may read, as Postgres itself decides it."""

from __future__ import annotations

import uuid

import psycopg2
import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.images import image_queries
from imagehub.catalogue.labels import label_queries
from imagehub.catalogue.moderation import photo_openings
from imagehub.catalogue.operation import status
from imagehub.catalogue.uploads import acceptances, receipts
from imagehub.errors import Refused
from imagehub.vocabulary import Account, Outcome, Role
from tests import factories
from tests.factories import Photo
from tests.services.test_row_security import as_web

__all__ = ["as_web"]


@pytest.fixture
def sent(database: Database) -> dict[str, Photo]:
    """Photos of one person: public, waiting for a review, a copy of that, and rejected."""
    with database.transaction() as cursor:
        owner, label = factories.account(cursor), factories.label(cursor)
        found = {"public": factories.verified_photo(cursor, label, owner=owner)}
        factories.publish_label_sets(cursor)
        for name in ("waiting", "copy", "hidden"):
            found[name] = factories.photo(cursor, label, owner=owner)
            factories.checks(cursor, found[name].image_id)
        waiting, hidden = found["waiting"], found["hidden"]
        factories.verdict(cursor, waiting.image_id, label, Outcome.NEEDS_REVIEW, 0.5)
        factories.verdict(cursor, hidden.image_id, label, Outcome.REJECTED, 0.01)
        factories.duplicate(cursor, found["copy"].image_id, waiting.image_id)
    return found


def person(database: Database, role: Role) -> Account:
    with database.transaction() as cursor:
        return factories.account(cursor, roles=[role])


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (None, {"public"}),
        (Role.CONTRIBUTOR, {"public"}),
        (Role.PREMIUM, {"public"}),
        (Role.REVIEWER, {"public", "waiting", "copy"}),
        (Role.ADMIN, {"public", "waiting", "copy"}),
    ],
)
def test_uploads_of_others_are_read_where_they_are_public_or_queued(
    database: Database, as_web: Database, sent: dict[str, Photo], role: Role | None, names: set[str]
) -> None:
    acting = as_web.acting_for(person(database, role).id) if role else as_web
    with acting.transaction() as cursor:
        cursor.execute("select id::text from uploads")
        seen = {row.id for row in cursor.fetchall()}
    assert seen == {str(sent[name].upload_id) for name in names}


def test_an_admin_reads_an_upload_that_was_opened_for_as_long_as_that_lasts(
    database: Database, as_web: Database, sent: dict[str, Photo]
) -> None:
    admins = [person(database, Role.ADMIN) for _ in range(2)]
    hidden = sent["hidden"]

    def reads(admin: Account) -> tuple[bool, bool]:
        with as_web.acting_for(admin.id).transaction() as cursor:
            is_seen = bool(image_queries.uploads(cursor, hidden.image_id))
            return is_seen, receipts.find_any(cursor, hidden.upload_id) is not None

    with as_web.acting_for(admins[0].id).transaction() as cursor:
        photo_openings.add(cursor, admins[0].id, hidden.image_id, "A parent asked.", 60)
    assert [reads(admin) for admin in admins] == [(True, True), (False, False)]
    with database.transaction() as cursor:
        cursor.execute("update photo_openings set ends_at = now()")
    assert reads(admins[0]) == (False, False)


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.REVIEWER, Role.PREMIUM])
def test_nobody_but_an_admin_opens_a_photo(
    database: Database, as_web: Database, sent: dict[str, Photo], role: Role
) -> None:
    account = person(database, role)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), \
            as_web.acting_for(account.id).transaction() as cursor:  # fmt: skip
        photo_openings.add(cursor, account.id, sent["hidden"].image_id, "x", 60)


def test_receipts_are_for_their_owner(
    database: Database, as_web: Database, sent: dict[str, Photo]
) -> None:
    upload_id, owner = sent["hidden"].upload_id, sent["hidden"].account
    readers = {
        owner: True,
        person(database, Role.ADMIN): False,
        person(database, Role.REVIEWER): False,
        person(database, Role.CONTRIBUTOR): False,
    }
    for reader, reads in readers.items():
        with as_web.acting_for(reader.id).transaction() as cursor:
            assert (receipts.find_any(cursor, upload_id) is not None) is reads
    with as_web.transaction() as cursor:
        assert receipts.find_any(cursor, upload_id) is None


def test_what_is_counted_is_the_same_for_everybody(
    database: Database, as_web: Database, sent: dict[str, Photo]
) -> None:
    mid = sent["hidden"].label.mid
    with database.transaction() as cursor:
        factories.same_photo_again(cursor, sent["hidden"])
        expected = (status.count(cursor), label_queries.claimed(cursor, mid))
        thin = label_queries.thin(cursor, 5)
    assert expected[0].accepted == 5
    with as_web.acting_for(sent["hidden"].account.id).transaction() as cursor:
        assert image_queries.shared_claims(cursor, sent["hidden"].image_id) == {
            sent["hidden"].label
        }
        assert image_queries.shared_claims(cursor, sent["waiting"].image_id) == frozenset()
    with as_web.transaction() as cursor:
        assert (status.count(cursor), label_queries.claimed(cursor, mid)) == expected
        assert label_queries.thin(cursor, 5) == thin


def test_a_key_that_another_account_used_is_no_obstacle_and_tells_nothing(
    database: Database, as_web: Database
) -> None:
    key, why = uuid.uuid4(), Refused("label_invalid", "There is no such label.")
    people = [person(database, Role.CONTRIBUTOR) for _ in range(2)]
    for account in [*people, *people]:
        with as_web.acting_for(account.id).transaction() as cursor:
            acceptances.refuse(cursor, account.id, key, why)
    for account in people:
        with as_web.acting_for(account.id).transaction() as cursor:
            found = receipts.find_own(cursor, account.id, acceptances.upload_ids(account.id, key))
            assert found is not None
            assert (found.account_id, found.door_code) == (account.id, "label_invalid")
