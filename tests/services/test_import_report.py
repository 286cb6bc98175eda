"""The page of an import costs what it shows, and does what an admin asks for once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.imports import import_rows, imports
from imagehub.catalogue.imports.import_rows import ImportRow, RowPlace
from imagehub.catalogue.imports.imports import ImportPlan
from imagehub.errors import Conflict, NotFound, Refused
from imagehub.vocabulary import Account, Role
from tests import factories
from tests.services.test_rows_read import WatchedDatabase
from webapp.imports import service

PAGE = 50


@pytest.fixture
def admin(database: Database) -> Account:
    with database.transaction() as cursor:
        return factories.account(cursor, roles=[Role.ADMIN])


def fill(database: Database, admin: Account, name: str, rows: int) -> None:
    """An import whose rows are all refused, the last one for a reason of its own."""
    with database.transaction() as cursor:
        imports.begin(cursor, ImportPlan(name, admin.id, f"{name}.zip", "files", {}, None))
        import_rows.keep(
            cursor,
            name,
            (
                ImportRow(RowPlace(f"{n:09d}.jpg", 0), name, "Mug", 0, None, code, "A reason.")
                for n in range(rows)
                for code in ("truncated" if n < rows - 1 else "aspect",)
            ),
        )


@pytest.fixture
def watched(catalogue_url: str) -> Iterator[WatchedDatabase]:
    with closing(WatchedDatabase(catalogue_url)) as database:
        yield database


def test_ten_times_the_rows_make_the_report_read_no_more(
    database: Database, watched: WatchedDatabase, admin: Account
) -> None:
    read = {}
    for rows in (400, 4_000):
        fill(database, admin, f"import-{rows}", rows)
        with database.transaction() as cursor:
            cursor.execute("analyze import_rows, import_counts")
        watched.rows = 0
        service.report(watched, f"import-{rows}", "refused", None, PAGE)
        service.listed(watched, None, PAGE)
        read[rows] = watched.rows
    assert read[4_000] <= 1.2 * read[400] + 60, read


def test_the_pages_of_a_report_hold_each_row_once(database: Database, admin: Account) -> None:
    fill(database, admin, "mugs", 120)
    met, after = [], None
    while True:
        found = service.report(database, "mugs", None, after, PAGE)
        assert found.outcome == "refused"
        met += [row.place.key for row in found.rows.items]
        after = found.rows.after
        if after is None:
            break
    assert met == [f"{n:09d}.jpg" for n in range(120)]
    assert [(one.code, one.rows) for one in found.reasons] == [("truncated", 119), ("aspect", 1)]


def test_the_list_of_imports_goes_on_where_a_page_ended(database: Database, admin: Account) -> None:
    for number in range(5):
        fill(database, admin, f"import-{number}", 1)
    first = service.listed(database, None, 3)
    rest = service.listed(database, first.after, 3)
    names = [entry.plan.name for entry in (*first.items, *rest.items)]
    assert names == [f"import-{number}" for number in reversed(range(5))]


def test_a_retry_and_an_undoing_are_asked_for_once_and_written_down(
    database: Database, admin: Account
) -> None:
    fill(database, admin, "mugs", 3)
    service.ask_retry(database, admin, "mugs")
    with pytest.raises(Conflict):
        service.ask_retry(database, admin, "mugs")
    with pytest.raises(Refused, match="tick the box"):
        service.ask_undo(database, admin, "mugs", is_sure=False)
    service.ask_undo(database, admin, "mugs", is_sure=True)
    with pytest.raises(Conflict):
        service.ask_undo(database, admin, "mugs", is_sure=True)
    with pytest.raises(Conflict):
        service.ask_retry(database, admin, "mugs")
    with database.transaction() as cursor:
        cursor.execute("select action, detail from audit_events order by id")
        events = [(row.action, row.detail) for row in cursor.fetchall()]
    assert events == [("import tried again", "mugs"), ("import undone", "mugs")]


@pytest.mark.parametrize("name", ["nothing", "x" * 200, "a\u202eb", ""])
def test_an_import_that_is_not_there_is_not_found(
    database: Database, admin: Account, name: str
) -> None:
    with pytest.raises(NotFound):
        service.report(database, name, None, None, PAGE)
