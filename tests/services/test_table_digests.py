"""The fault campaign sees whether a replay has written a row, also with what it held before."""

from __future__ import annotations

from imagehub.catalogue.database import Database
from tests.benchmarks.faults.table_digests import digests


def test_digests_stay_while_nothing_is_written(database: Database) -> None:
    assert digests(database) == digests(database)


def test_a_row_that_is_written_again_unchanged_changes_its_tables_digest(
    database: Database,
) -> None:
    before = digests(database)
    with database.transaction() as cursor:
        cursor.execute("update landing_counts set total = total where name = 'landed'")
    after = digests(database)

    changed = [table for table in before if before[table] != after[table]]
    assert changed == ["landing_counts"]
