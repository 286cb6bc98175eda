"""Counts of an import's rows that stand in tables of their own."""

from __future__ import annotations

from imagehub.catalogue.database import Cursor


def add(cursor: Cursor, name: str, outcome: str, rows: int) -> None:
    """Count rows of an outcome, in the transaction that writes them."""
    if rows:
        cursor.execute(
            """
            insert into import_counts (import_name, outcome, slot, rows)
            values (%s, %s, 0, %s)
            on conflict (import_name, outcome, code, slot) do update
            set rows = import_counts.rows + excluded.rows
            """,
            (name, outcome, rows),
        )


def move_all(cursor: Cursor, name: str, outcome: str) -> None:
    """Say of all rows that stand in tables of their own that they have this outcome now."""
    cursor.execute(
        """
        with gone as (
            delete from import_counts
            where import_name = %(name)s and outcome in ('landed', 'duplicate')
            returning rows
        )
        insert into import_counts (import_name, outcome, slot, rows)
        select %(name)s, %(outcome)s, 0, sum(rows)
        from gone
        having sum(rows) > 0
        on conflict (import_name, outcome, code, slot) do update
        set rows = import_counts.rows + excluded.rows
        """,
        {"name": name, "outcome": outcome},
    )
