"""The door to Postgres: transactions, errors in our words, migrations."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg2
import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.migrate import migrate, names
from imagehub.errors import Unavailable


def test_migrating_twice_applies_nothing_the_second_time(database: Database) -> None:
    assert migrate(database) == []


def test_every_table_says_which_package_writes_it() -> None:
    folder = Path(migrate.__code__.co_filename).parent / "schema"
    told = {}
    for name in names():
        block = ""
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            if table := re.match(r"create (?:unlogged )?table (\w+)", line):
                told[table[1]] = "-- Written by: " in block
            block = f"{block}{line}\n" if line.startswith("--") else ""
    assert told
    assert [table for table, is_told in told.items() if not is_told] == []


def test_an_exception_rolls_the_transaction_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as cursor:
        cursor.execute("insert into labels (mid, name) values ('/m/0abc', 'Mug')")
        raise ZeroDivisionError
    with database.transaction() as cursor:
        cursor.execute("select count(*) as labels from labels where mid = '/m/0abc'")
        assert cursor.fetchone().labels == 0


def test_a_catalogue_that_nobody_runs_is_unavailable_and_says_so() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    with (
        pytest.raises(Unavailable, match="catalogue cannot be reached"),
        database.transaction(),
    ):
        pass


def test_a_connection_that_was_ended_meanwhile_is_opened_again(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute("select pg_backend_pid() as pid")
        pid = cursor.fetchone().pid
    end_session(database.url, pid)
    with database.transaction() as cursor:
        cursor.execute("select 1 as one")
        assert cursor.fetchone().one == 1


def test_a_connection_that_ends_in_a_transaction_is_unavailable_once(database: Database) -> None:
    with pytest.raises(Unavailable), database.transaction() as cursor:
        cursor.execute("select pg_backend_pid() as pid")
        end_session(database.url, cursor.fetchone().pid)
        cursor.execute("select 1")
    with database.transaction() as cursor:
        cursor.execute("select 1 as one")
        assert cursor.fetchone().one == 1


def end_session(url: str, pid: int) -> None:
    killer = psycopg2.connect(url)
    with killer, killer.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s, 5000)", (pid,))
    killer.close()


def test_a_statement_that_hangs_is_given_up(catalogue_url: str) -> None:
    impatient = Database(catalogue_url, statement_timeout_seconds=1)
    with pytest.raises(Unavailable, match="timeout"), impatient.transaction() as cursor:
        cursor.execute("select pg_sleep(20)")
