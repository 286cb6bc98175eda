"""Notices: told once to whom they concern, read by nobody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg2
import pytest

from imagehub.catalogue.accounts import accounts
from imagehub.catalogue.database import Database
from imagehub.catalogue.demands import notices
from imagehub.catalogue.demands.notices import News
from imagehub.catalogue.web_login import ROLE
from tests import factories
from tests.signed_in import SignedIn
from tests.web_server import Web


def words(database: Database, account_id: UUID) -> list[str]:
    with database.transaction() as cursor:
        return [notice.words for notice in notices.of_account(cursor, account_id, 2**62, 100)]


def test_two_workers_at_once_tell_the_same_thing_once(
    database: Database, catalogue_url: str
) -> None:
    with database.transaction() as cursor:
        account = factories.account(cursor)

    def tell(number: int) -> bool:
        own = Database(catalogue_url)
        with own.transaction() as cursor:
            told = notices.tell(cursor, account.id, News("x", f"By {number}.", once="it"))
        own.close()
        return told

    with ThreadPoolExecutor(8) as workers:
        assert sum(workers.map(tell, range(8))) == 1
    assert len(words(database, account.id)) == 1


def test_a_request_tells_somebody_else_and_cannot_read_it(
    database: Database, catalogue_url: str
) -> None:
    with database.transaction() as cursor:
        account, other = factories.account(cursor), factories.account(cursor)
    web = Database(catalogue_url, role=ROLE)
    with web.acting_for(account.id).transaction() as cursor:
        assert notices.tell(cursor, other.id, News("x", "Hello."))
        assert notices.of_account(cursor, other.id, 2**62, 9) == []
    acting = web.acting_for(account.id)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), acting.transaction() as cursor:
        cursor.execute(
            "insert into notices (account_id, kind, words) values (%s, 'x', 'x')",
            (str(account.id),),
        )
    web.close()
    assert words(database, other.id) == ["Hello."]


def test_who_is_suspended_is_told_nothing(database: Database) -> None:
    with database.transaction() as cursor:
        account = factories.account(cursor)
        accounts.set_suspended(cursor, account.id, True)
        assert not notices.tell(cursor, account.id, News("x", "Hello."))


@pytest.mark.parametrize("link", ["https://elsewhere", "//elsewhere", "/\\elsewhere"])
def test_a_notice_leads_to_a_page_of_the_hub_only(database: Database, link: str) -> None:
    with database.transaction() as cursor:
        account = factories.account(cursor)
    with pytest.raises(psycopg2.errors.CheckViolation), database.transaction() as cursor:
        notices.tell(cursor, account.id, News("x", "Hello.", link))


def test_a_page_shows_what_is_new_until_it_is_read(web: Web) -> None:
    account, token = web.person()
    with web.database.transaction() as cursor:
        notices.tell(cursor, account.id, News("x", "Your <b>wish</b> came true.", "/labels"))
    person = SignedIn(web, token)
    assert '<span class="told-count">1</span>' in person.get("/labels").text
    page = person.get("/notices").text
    assert '<a href="/labels">Your &lt;b&gt;wish&lt;/b&gt; came true.</a>' in page
    told = web.get("/api/v1/notices", token).json()
    assert (told["unread"], [notice["read_at"] for notice in told["notices"]]) == (1, [None])
    assert person.post("/notices/read", up_to=str(told["notices"][0]["id"])).status_code == 303
    assert "told-count" not in person.get("/notices").text
    assert web.get("/api/v1/notices", token).json()["unread"] == 0
