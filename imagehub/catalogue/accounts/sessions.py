"""Sessions of browsers. Only the SHA-256 of a session's secret is ever stored."""

from __future__ import annotations

from uuid import UUID

from imagehub.catalogue.accounts.accounts import account_of
from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Account


def begin(cursor: Cursor, account_id: UUID, secret_sha256: bytes, lasts_seconds: int) -> None:
    """Begin a session of an account."""
    cursor.execute(
        """
        insert into sessions (secret_sha256, account_id, ends_at)
        values (%s, %s, now() + make_interval(secs => %s))
        """,
        (secret_sha256, account_id, lasts_seconds),
    )


def begin_with_token(
    cursor: Cursor, token_sha256: bytes, secret_sha256: bytes, lasts_seconds: int
) -> None:
    """Begin a session that ends with a token, if that is still in force."""
    cursor.execute(
        """
        insert into sessions (secret_sha256, account_id, token_id, ends_at)
        select %s, account_id, id, now() + make_interval(secs => %s)
        from tokens
        where secret_sha256 = %s and revoked_at is null
        """,
        (secret_sha256, lasts_seconds, token_sha256),
    )


def find(cursor: Cursor, secret_sha256: bytes) -> Account | None:
    """Whose session this is; None if it has ended or its token was revoked."""
    cursor.execute(
        """
        select accounts.id, accounts.name, accounts.roles
        from sessions s
        join accounts on accounts.id = s.account_id
        left join tokens t on t.id = s.token_id
        where s.secret_sha256 = %s
            and s.ends_at > now()
            and t.revoked_at is null
            and accounts.in_force
        """,
        (secret_sha256,),
    )
    row = cursor.fetchone()
    return account_of(row) if row else None


def end(cursor: Cursor, secret_sha256: bytes) -> None:
    """End a session."""
    cursor.execute("delete from sessions where secret_sha256 = %s", (secret_sha256,))


def end_all(cursor: Cursor, account_id: UUID, but_sha256: bytes = b"") -> None:
    """End all sessions of an account, but perhaps one."""
    cursor.execute(
        "delete from sessions where account_id = %s and secret_sha256 <> %s",
        (account_id, but_sha256),
    )


def forget_ended(cursor: Cursor) -> None:
    """Delete sessions that have run out."""
    cursor.execute("delete from sessions where ends_at < now()")
