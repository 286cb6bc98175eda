"""The login of the web processes: it owns nothing, and may what a request may."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import encrypt_password

from imagehub.catalogue.database import Cursor, Database
from imagehub.errors import Misconfigured

ROLE = "imagehub_web"
"""What requests act as in Postgres, so that its row-level security holds for them."""


def make(database: Database, url: str) -> None:
    """Make the login that a URL names, or give it the URL's password; `database` is the owner's.

    Raises Misconfigured for a URL without name and password, for one that names the owner, and
    where the owner may not make logins.
    """
    named = urlsplit(url)
    name, password = unquote(named.username or ""), unquote(named.password or "")
    if not name or not password:
        raise Misconfigured("IMAGEHUB_WEB_CATALOGUE_URL must have a user and a password.")
    with database.transaction() as cursor:
        cursor.execute("select current_user as name")
        if cursor.fetchone().name == name:
            raise Misconfigured(
                f"IMAGEHUB_WEB_CATALOGUE_URL names {name}, who owns the tables. Name another user:"
                " it is made here."
            )
        try:
            _make(cursor, name, password)
        except psycopg2.errors.InsufficientPrivilege as error:
            raise Misconfigured(
                f"The owner of the tables may not make the login {name}. Have an administrator of"
                f" Postgres run: create role {name} login password '…' in role {ROLE}"
            ) from error


def owns_tables(cursor: Cursor) -> bool:
    """True if whoever is logged in could do more than a request may: the tables are theirs."""
    cursor.execute(
        """
        select pg_has_role(session_user, relowner, 'member') as answer
        from pg_class
        where oid = 'accounts'::regclass
        """
    )
    return bool(cursor.fetchone().answer)


def _make(cursor: Cursor, name: str, password: str) -> None:
    cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"login {name}",))
    cursor.execute("select exists (select from pg_roles where rolname = %s) as found", (name,))
    verb = "alter" if cursor.fetchone().found else "create"
    # Hashed here: the server's log may show statements.
    hashed = encrypt_password(password, name, cursor.connection, "scram-sha-256")
    cursor.execute(
        sql.SQL(
            "{} role {} login password {} nosuperuser nocreatedb nocreaterole noreplication"
            " nobypassrls"
        ).format(sql.SQL(verb), sql.Identifier(name), sql.Literal(hashed))
    )
    cursor.execute(sql.SQL("grant {} to {}").format(sql.Identifier(ROLE), sql.Identifier(name)))
