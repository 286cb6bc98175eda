"""Bring a database's tables to the newest version: the files of `schema/`, each once, in order.

`0001_accounts.sql` to `0014_receipts.sql` are the tables by subject. A file that a hub may have
applied is never edited: each later change is a new file with the next number.
"""

from __future__ import annotations

from importlib import resources

from imagehub.catalogue.database import Database

LOCK = 0x1_A6E_44B
"""Advisory lock that keeps two migrations apart; the number only has to be ours."""


def migrate(database: Database) -> list[str]:
    """Apply the missing schema files, in one transaction; return the names of the files applied."""
    with database.transaction() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        cursor.execute(
            """
            create table if not exists migrations (
                name text primary key, applied_at timestamptz not null default now()
            )
            """
        )
        cursor.execute("select name from migrations")
        done = {row.name for row in cursor.fetchall()}
        missing = [name for name in names() if name not in done]
        for name in missing:
            cursor.execute(_folder().joinpath(name).read_text(encoding="utf-8"))
            cursor.execute("insert into migrations (name) values (%s)", (name,))
    return missing


def names() -> list[str]:
    """Name the schema's files, oldest first."""
    return sorted(file.name for file in _folder().iterdir() if file.name.endswith(".sql"))


def _folder() -> resources.abc.Traversable:
    return resources.files(__package__) / "schema"
