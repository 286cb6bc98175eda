"""Sessions of browsers. Only the SHA-256 of a session's secret is ever stored."""

from __future__ import annotations

from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Account, Role


def begin(cursor: Cursor, token_sha256: bytes, secret_sha256: bytes, lasts_seconds: int) -> bool:
    """Begin a session with a token that is in force; False if there is no such token."""
    cursor.execute(
        "insert into sessions (secret_sha256, token_id, ends_at)"
        " select %s, id, now() + make_interval(secs => %s) from tokens"
        " where secret_sha256 = %s and revoked_at is null",
        (secret_sha256, lasts_seconds, token_sha256),
    )
    return bool(cursor.rowcount)


def find(cursor: Cursor, secret_sha256: bytes) -> Account | None:
    """Whose session this is; None if it has ended or its token was revoked."""
    cursor.execute(
        "select a.id::text, a.name, a.roles from sessions s join tokens t on t.id = s.token_id"
        " join accounts a on a.id = t.account_id"
        " where s.secret_sha256 = %s and s.ends_at > now() and t.revoked_at is null",
        (secret_sha256,),
    )
    row = cursor.fetchone()
    if row is None:
        return None
    return Account(UUID(row.id), row.name, frozenset(Role(role) for role in row.roles))


def end(cursor: Cursor, secret_sha256: bytes) -> None:
    """End a session."""
    cursor.execute("delete from sessions where secret_sha256 = %s", (secret_sha256,))


def forget_ended(cursor: Cursor) -> None:
    """Delete sessions that have run out."""
    cursor.execute("delete from sessions where ends_at < now()")
