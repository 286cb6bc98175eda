"""A digest of every table, which changes with any row, also with one that was written again."""

from __future__ import annotations

from psycopg2 import sql

from imagehub.catalogue.database import Database

MOVING = frozenset({"log_offsets"})
"""What a replay itself moves."""


def digests(database: Database) -> dict[str, str]:
    """Count and checksum of each table's rows with the transactions that wrote them."""
    with database.transaction() as cursor:
        cursor.execute(
            "select tablename from pg_tables where schemaname = 'public' order by tablename"
        )
        found = {}
        for table in [row.tablename for row in cursor.fetchall() if row.tablename not in MOVING]:
            cursor.execute(
                sql.SQL(
                    "select count(*) || ':' || coalesce(sum(hashtextextended("
                    "t.xmin::text || t::text, 0)::numeric), 0) as digest from {} t"
                ).format(sql.Identifier(table))
            )
            found[table] = cursor.fetchone().digest
        return found
