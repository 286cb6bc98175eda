"""The web processes' login owns nothing: injected SQL could do what a request may, and no more."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg2
import pytest

from imagehub.catalogue import web_login
from imagehub.catalogue.database import Database
from imagehub.errors import Misconfigured
from imagehub.log.postgres import PostgresLog
from imagehub.messages import Message
from imagehub.vocabulary import Role
from tests import factories
from tests.web_server import Web, web_url


@pytest.fixture
def stolen(web: Web) -> Iterator[Database]:
    """What somebody has who took a web process over."""
    database = Database(web_url(web.settings.catalogue_url), role=web_login.ROLE)
    yield database
    database.close()


@pytest.mark.parametrize(
    "statement",
    [
        "set role postgres",
        "set session authorization postgres",
        "alter table accounts disable trigger all",
        "alter role current_user superuser",
        "drop policy own on tokens",
        "alter table tokens disable row level security",
        "create table mine (id integer)",
        "create function f() returns int language sql security definer as 'select 1'",
        "select value from log_messages",
        "select bytes from log_pieces",
        "select secret from webhooks",
        "set role pg_read_all_data",
        "set role pg_write_all_data",
        "alter policy own on tokens using (true)",
        "create policy mine on tokens using (true)",
        "drop table audit_events",
        "insert into migrations (name) values ('x')",
        "delete from log_messages",
        "update audit_events set at = now()",
        "delete from audit_events",
        "truncate audit_events",
        "delete from accounts",
        "update accounts set id = gen_random_uuid()",
        "update releases set files = 0",
        "insert into releases (id) values ('x-1')",
        "delete from images",
        "copy accounts to program 'cat'",
        "select pg_read_file('/etc/passwd')",
        "set session_replication_role = replica",
    ],
)
def test_what_a_web_process_may_not(stolen: Database, statement: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), stolen.transaction() as cursor:
        cursor.execute(statement)


def test_giving_the_role_up_wins_nothing(stolen: Database) -> None:
    with stolen.transaction() as cursor:
        cursor.execute("set role none")
        cursor.execute("select current_user as name, session_user as login")
        row = cursor.fetchone()
        assert row.name == row.login == "web_of_tests"
        assert not web_login.owns_tables(cursor)
        cursor.execute("select rolsuper or rolcreaterole or rolbypassrls as more from pg_roles"
                       " where rolname = current_user")  # fmt: skip
        assert not cursor.fetchone().more
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), stolen.transaction() as cursor:
        cursor.execute("set role none")
        cursor.execute("update accounts set created_at = now()")


def test_hashes_and_tokens_of_others_are_not_to_be_seen(web: Web, stolen: Database) -> None:
    web.person()
    with stolen.transaction() as cursor:
        cursor.execute("set role none")
        for table in ("tokens", "sessions", "credentials"):
            cursor.execute(f"select count(*) as found from {table}")
            assert cursor.fetchone().found == 0, table


def test_only_an_admin_gives_roles_and_nobody_to_oneself(web: Web, stolen: Database) -> None:
    person, _ = web.person()
    admin, _ = web.person(Role.ADMIN)
    give = "update accounts set roles = '{reviewer}' where id = %s"
    for asker, account, is_allowed in (
        (None, person, False),
        (person, person, False),
        (person, admin, False),
        (admin, admin, False),
        (admin, person, True),
    ):
        acting = stolen.acting_for(asker.id) if asker else stolen
        try:
            with acting.transaction() as cursor:
                cursor.execute(give, (str(account.id),))
            assert is_allowed, (asker, account)
        except psycopg2.errors.InsufficientPrivilege:
            assert not is_allowed, (asker, account)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), stolen.transaction() as cursor:
        cursor.execute(
            "insert into accounts (name, roles) values (%s, '{admin}')", (uuid.uuid4().hex,)
        )


def test_it_appends_to_the_log_and_counts_what_waits(web: Web, stolen: Database) -> None:
    log = PostgresLog(f"of-{uuid.uuid4().hex}", stolen.url)
    log.append(Message(key="a", headers={}, value=b"x" * 20_000))
    assert log.lag("anybody") == 1
    log.close()


def test_making_the_login_again_changes_its_password(web: Web, database: Database) -> None:
    server = web_url(database.url)
    other = server.replace(":secret@", ":other@")
    web_login.make(database, other)
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(server)
    psycopg2.connect(other).close()
    web_url(database.url)


@pytest.mark.parametrize("of", ["user", "password", "owner"])
def test_a_url_that_names_no_login_of_its_own_is_refused(database: Database, of: str) -> None:
    url = {
        "user": "postgresql://127.0.0.1/imagehub",
        "password": "postgresql://somebody@127.0.0.1/imagehub",
        "owner": database.url,
    }[of]
    with pytest.raises(Misconfigured, match="IMAGEHUB_WEB_CATALOGUE_URL"):
        web_login.make(database, url)


def test_an_owner_who_may_make_no_logins_hears_what_to_do(database: Database) -> None:
    with database.transaction() as cursor:
        factories.account(cursor)
        name = f"owner_{uuid.uuid4().hex[:8]}"
        cursor.execute(f"create role {name} login password 'x' in role imagehub_web")
    poor = Database(database.url, role=name)
    with pytest.raises(Misconfigured, match="create role web_x login password"):
        web_login.make(poor, "postgresql://web_x:y@127.0.0.1/imagehub")
    poor.close()
    with database.transaction() as cursor:
        cursor.execute(f"drop role {name}")
