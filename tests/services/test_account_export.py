"""A person takes away all that the hub keeps of them, nothing of others, and no secret."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from typing import Any

from imagehub.catalogue.accounts import credentials, own_data
from imagehub.catalogue.database import Database
from imagehub.catalogue.web_login import ROLE
from imagehub.vocabulary import Account
from tests import factories
from tests.newcomers import PASSWORD, newcomer
from tests.signed_in import SignedIn
from tests.web_server import Web
from webapp.accounts import export, passwords


def taken(data: bytes) -> dict[str, list[dict[str, Any]]]:
    """Table -> its rows."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert "sign_in_links: an unused link" in archive.read("README.txt").decode()
        return {
            name.removesuffix(".jsonl"): [
                json.loads(row) for row in archive.read(name).splitlines()
            ]
            for name in archive.namelist()
            if name.endswith(".jsonl")
        }


def test_every_table_that_names_an_account_is_given_out_or_said_to_be_left_out(
    database: Database,
) -> None:
    with database.transaction() as cursor:
        cursor.execute(
            """
            select c.conrelid::regclass::text as "table", a.attname as "column"
            from pg_constraint c
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
            where c.contype = 'f' and c.confrelid = 'accounts'::regclass
            """
        )
        found = {(row.table, row.column) for row in cursor.fetchall()}
        cursor.execute(
            """
            select table_name || '.' || column_name as name
            from information_schema.columns
            where table_schema = 'public' and column_name ~ '(secret|password|hash)'
                and table_name = any(%s)
            """,
            (list(own_data.TABLES),),
        )
        secret = {row.name.partition(".")[2] for row in cursor.fetchall()}
    told = {(table, column) for table, columns in own_data.TABLES.items() for column in columns}
    missing = {(table, column) for table, column in found - told if table not in own_data.LEFT_OUT}
    assert len(found) > 30
    assert missing == set()
    assert own_data.LEFT_OUT.keys() <= {table for table, _ in found}
    assert secret <= set(own_data.SECRETS)


def test_the_page_gives_ones_own_rows_and_no_secret(web: Web) -> None:
    account, token = web.person()
    other, _ = web.person()
    with web.database.transaction() as cursor:
        own = [factories.photo(cursor, owner=account) for _ in range(3)]
        factories.photo(cursor, owner=other)
        credentials.set_password(cursor, account.id, passwords.hash_of(PASSWORD, account.name))
    browser = SignedIn(web, token)
    answer = browser.post("/account/export")
    assert answer.status_code == 200
    assert f"{account.name}.zip" in answer.headers["Content-Disposition"]
    tables = taken(answer.content)
    assert {row["id"] for row in tables["uploads"]} == {str(photo.upload_id) for photo in own}
    assert tables["accounts"][0]["name"] == account.name
    assert tables["audit_events"][-1]["action"] == "took the own data away"
    for rows in tables.values():
        for row in rows:
            assert not set(own_data.SECRETS) & row.keys()
    assert str(other.id) not in json.dumps(tables)
    by_api = web.get("/api/v1/account/export", token)
    assert taken(by_api.content)["uploads"] == tables["uploads"]
    assert web.get("/api/v1/account/export").status_code == 401
    page = browser.get("/account").text
    assert "Download my data" in page


def test_much_is_taken_away_in_little_memory(database: Database, catalogue_url: str) -> None:
    account: Account = newcomer(database)
    with database.transaction() as cursor:
        cursor.execute(
            "insert into notices (account_id, kind, words)"
            " select %s, 'test', repeat('words ', 20) from generate_series(1, 60000)",
            (str(account.id),),
        )
    asking = Database(catalogue_url, role=ROLE).acting_for(account.id)
    tracemalloc.start()
    with export.make(asking, account) as file:
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        file.seek(0)
        assert len(taken(file.read())["notices"]) == 60_000
    assert peak_bytes < 8 * 1024 * 1024
    asking.close()
