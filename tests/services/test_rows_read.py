"""No page reads more rows than it shows, plus a constant: ten times the photos cost the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.images import image_queries
from imagehub.catalogue.operation import operation, status
from imagehub.catalogue.operation.recount import recount
from imagehub.catalogue.releases import subset_estimates
from imagehub.catalogue.uploads import removals
from imagehub.catalogue.web_login import ROLE
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from imagehub.subsets import SubsetRules
from imagehub.vocabulary import Account, Role
from spark_jobs import jobs
from tests.benchmarks.parts import copied_catalogue
from tests.filled_catalogue import REJECT_100, Filled, fill
from tests.servers.postgres import QuickPostgres
from webapp.front import service as front
from webapp.http.cursors import encode
from webapp.images import service as images
from webapp.images.service import PageCursor
from webapp.labels import service as labels
from webapp.uploads import receipts

FEW, MANY = 2_000, 20_000
CONSTANT = 300
"""Rows that differ between two catalogues though nothing grows with them, such as labels in use."""

Reading = Callable[[Database, str], object]
READINGS: dict[str, Reading] = {
    "front page": lambda database, _: front.show(database),
    "label": labels.show,
    "label's clusters": images.clusters,
    "label's photos": lambda database, mid: images.of_label(database, mid, PageCursor(), 50),
    "label's photos, deep": lambda database, mid: images.of_label(
        database, mid, PageCursor(after=encode(["8"])), 50
    ),
    "cluster's photos": lambda database, mid: images.of_label(database, mid, PageCursor(), 50, 0),
    "status": lambda database, _: _counted(database),
    "operator's totals": lambda database, _: _stored(database),
    "subset form": lambda database, mid: _estimated(database, mid),
    "withdraw's poll": lambda database, _: _asked_to_withdraw(database),
}
OWN_READINGS: dict[str, Callable[[Database, Account], object]] = {
    "own uploads": lambda database, account: receipts.newest(database, account, None, 50),
    "deletion's words": lambda database, account: _sent_by(database, account),
}


class WatchedDatabase(Database):
    """Adds up the rows and index entries that its transactions read."""

    rows = 0

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """A transaction whose reading is counted."""
        with super().transaction() as cursor:
            # Tables of a few hundred rows are read whole for good reason, but not larger ones.
            cursor.execute(
                "set local max_parallel_workers_per_gather = 0; set local enable_seqscan = off"
            )
            before = _rows_read(cursor)
            yield cursor
            self.rows += _rows_read(cursor) - before


def _rows_read(cursor: Cursor) -> int:
    cursor.execute(
        """
        select sum(pg_stat_get_xact_tuples_returned(c.oid))::bigint as rows
        from pg_class c
        where c.relnamespace = 'public'::regnamespace
        """
    )
    return int(cursor.fetchone().rows)


def _counted(database: Database) -> None:
    with database.transaction() as cursor:
        status.count(cursor)


def _stored(database: Database) -> None:
    with database.transaction() as cursor:
        operation.stored(cursor)


def _estimated(database: Database, mid: str) -> None:
    rules = SubsetRules((mid,), None, 64, True, (("test", 0.2), ("train", 0.8)))
    with database.transaction() as cursor:
        sizes = subset_estimates.sizes(cursor, rules.labels)
        subset_estimates.estimate(cursor, rules, sizes, 50)


def _asked_to_withdraw(database: Database) -> None:
    with database.transaction() as cursor:
        removals.any_waiting(cursor)


def _sent_by(database: Database, account: Account) -> None:
    with database.transaction() as cursor:
        image_queries.sent_by(cursor, account.id, 50)


@pytest.fixture(scope="module")
def filled(postgres_server: QuickPostgres) -> Iterator[dict[int, tuple[str, Filled]]]:
    """A small and a large catalogue: its URL and its largest label."""
    url = postgres_server.url
    with copied_catalogue(url) as few, copied_catalogue(url) as many:
        found = {}
        for photos, copy in ((FEW, few), (MANY, many)):
            with closing(Database(copy)) as database:
                found[photos] = (copy, fill(database, photos))
        yield found


@pytest.mark.parametrize("name", READINGS)
def test_ten_times_the_photos_make_a_page_read_no_more_rows(
    filled: dict[int, tuple[str, Filled]], name: str
) -> None:
    rows = {}
    for photos, (url, catalogue) in filled.items():
        with closing(WatchedDatabase(url, role=ROLE)) as database:
            READINGS[name](database, catalogue.label)
            rows[photos] = database.rows
    assert rows[MANY] <= 1.2 * rows[FEW] + CONSTANT, rows


@pytest.mark.parametrize("name", OWN_READINGS)
def test_ten_times_the_photos_of_an_account_make_its_pages_read_no_more_rows(
    filled: dict[int, tuple[str, Filled]], name: str
) -> None:
    rows = {}
    for photos, (url, catalogue) in filled.items():
        account = Account(catalogue.account, "", frozenset({Role.CONTRIBUTOR}))
        watched = WatchedDatabase(url, role=ROLE)
        with closing(watched):
            asking = watched.acting_for(account.id)
            assert isinstance(asking, WatchedDatabase)
            OWN_READINGS[name](asking, account)
            rows[photos] = asking.rows
    assert rows[MANY] <= 1.2 * rows[FEW] + CONSTANT, rows


def test_publishing_100_changes_reads_no_more_rows_where_there_are_more_photos(
    filled: dict[int, tuple[str, Filled]], tmp_path: Path
) -> None:
    rows = {}
    store = FolderStore(str(tmp_path))
    for photos, (url, _) in filled.items():
        settings = Settings(data=tmp_path, catalogue_url=url, storage_url=f"folder:{tmp_path}")
        with closing(WatchedDatabase(url)) as database:
            jobs.execute("organise", settings, None, database, store)
            with database.transaction() as cursor:
                cursor.execute(REJECT_100)
            database.rows = 0
            assert jobs.execute("organise", settings, None, database, store)["removed"] >= 100
            rows[photos] = database.rows
    assert rows[MANY] <= 1.2 * rows[FEW] + CONSTANT, rows


def test_a_filled_catalogue_counts_right(filled: dict[int, tuple[str, Filled]]) -> None:
    with closing(Database(filled[FEW][0])) as database:
        assert [check.name for check in recount(database) if not check.is_right] == []
