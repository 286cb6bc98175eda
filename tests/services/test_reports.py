"""Who hides a photo by a report: people in good standing, or two, and not without end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.moderation import reports as catalogue
from imagehub.catalogue.moderation.reports import DecisionOutcome
from imagehub.catalogue.web_login import ROLE
from imagehub.vocabulary import Account, Label, Role
from tests import factories
from webapp.moderation import reports
from webapp.moderation import service as moderation
from webapp.moderation.service import Ruling

PRIVATE, HARM, RIGHTS = "private", "harm", "rights"


@pytest.fixture
def web(catalogue_url: str) -> Iterator[Database]:
    """The catalogue as requests see it."""
    acting = Database(catalogue_url, role=ROLE)
    yield acting
    acting.close()


@pytest.fixture
def label(database: Database) -> Label:
    with database.transaction() as cursor:
        return factories.label(cursor)


def photo(database: Database, label: Label, owner: Account | None = None) -> str:
    with database.transaction() as cursor:
        image_id = factories.verified_photo(cursor, label, owner=owner).image_id
        factories.publish_label_sets(cursor)
    return image_id


def member(database: Database, *roles: Role) -> Account:
    with database.transaction() as cursor:
        return factories.account(cursor, roles=roles or (Role.CONTRIBUTOR,))


def newcomer(database: Database) -> Account:
    account = member(database)
    with database.transaction() as cursor:
        cursor.execute("update accounts set created_at = now() where id = %s", (account.id,))
    return account


def report(web: Database, image_id: str, who: Account | None, kind: str = PRIVATE) -> bool:
    acting = web.acting_for(who.id) if who else web
    return reports.report(acting, image_id, who, kind, "").is_hidden


def is_hidden(database: Database, image_id: str) -> bool:
    with database.transaction() as cursor:
        return catalogue.is_concealed(cursor, image_id)


def test_visitors_hide_nothing_and_an_admin_hears_of_it(
    database: Database, web: Database, label: Label
) -> None:
    image_id = photo(database, label)
    for kind in (PRIVATE, HARM, RIGHTS, PRIVATE):
        assert not report(web, image_id, None, kind)
    assert not is_hidden(database, image_id)
    (case,) = moderation.queue(database).cases
    assert (case.image_id, case.reports, case.is_hidden) == (image_id, 4, False)


@pytest.mark.parametrize("kind", [PRIVATE, HARM])
def test_a_member_in_good_standing_hides_at_once(
    database: Database, web: Database, label: Label, kind: str
) -> None:
    image_id = photo(database, label)
    assert report(web, image_id, member(database), kind)


def test_a_newcomer_hides_only_with_a_second_one(
    database: Database, web: Database, label: Label
) -> None:
    image_id, first = photo(database, label), newcomer(database)
    assert not report(web, image_id, first, PRIVATE)
    assert not report(web, image_id, first, HARM)  # one person is one source
    assert not report(web, image_id, None, HARM)
    assert report(web, image_id, newcomer(database), HARM)


def test_a_newcomer_whose_photo_was_published_is_in_good_standing(
    database: Database, web: Database, label: Label
) -> None:
    account = newcomer(database)
    photo(database, label, owner=account)
    assert report(web, photo(database, label), account)


def test_of_one_account_few_photos_are_hidden_undecided(
    database: Database, web: Database, label: Label
) -> None:
    account, admin = member(database), member(database, Role.ADMIN)
    images = [photo(database, label) for _ in range(7)]
    hidden = [report(web, image_id, account) for image_id in images]
    assert hidden == [True] * 5 + [False] * 2
    assert report(web, images[5], member(database))  # another's brake is his own
    moderation.decide(
        web.acting_for(admin.id),
        admin,
        images[0],
        Ruling(str(DecisionOutcome.TAKE_DOWN), PRIVATE, "x"),
    )
    assert report(web, photo(database, label), account)


def test_who_reports_without_ground_again_and_again_hides_no_more(
    database: Database, web: Database, label: Label
) -> None:
    account, admin = member(database), member(database, Role.ADMIN)
    for _ in range(3):
        image_id = photo(database, label)
        assert report(web, image_id, account)
        keep = Ruling(str(DecisionOutcome.KEEP), PRIVATE, "Nothing private.")
        moderation.decide(web.acting_for(admin.id), admin, image_id, keep)
    assert not report(web, photo(database, label), account)
