"""Sessions of browsers. Only the SHA-256 of a session's secret is ever stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from imagehub.catalogue.accounts.accounts import account_of
from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Account


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that begins; `browser` is for its owner to know it by."""

    secret_sha256: bytes
    lasts_seconds: int
    browser: str = ""


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A session as its account sees it; `is_present` for the one that asks."""

    id: UUID
    browser: str
    begun_at: datetime
    is_present: bool


def begin(cursor: Cursor, account_id: UUID, new: NewSession) -> None:
    """Begin a session of an account."""
    cursor.execute(
        """
        insert into sessions (secret_sha256, account_id, browser, ends_at)
        values (%s, %s, %s, now() + make_interval(secs => %s))
        """,
        (new.secret_sha256, account_id, new.browser, new.lasts_seconds),
    )


def begin_with_token(cursor: Cursor, token_sha256: bytes, new: NewSession) -> None:
    """Begin a session that ends with a token, if that is still in force."""
    cursor.execute(
        """
        insert into sessions (secret_sha256, account_id, token_id, browser, ends_at)
        select %s, account_id, id, %s, now() + make_interval(secs => %s)
        from tokens
        where secret_sha256 = %s and revoked_at is null
        """,
        (new.secret_sha256, new.browser, new.lasts_seconds, token_sha256),
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


def of_account(cursor: Cursor, account_id: UUID, present_sha256: bytes) -> list[SessionEntry]:
    """The account's sessions that are in force, the newest first."""
    cursor.execute(
        """
        select s.id, s.browser, s.begun_at, s.secret_sha256 = %s as is_present
        from sessions s
        left join tokens t on t.id = s.token_id
        where s.account_id = %s and s.ends_at > now() and t.revoked_at is null
        order by s.begun_at desc, s.id
        """,
        (present_sha256, account_id),
    )
    return [SessionEntry(row.id, row.browser, row.begun_at, row.is_present) for row in cursor]


def end_own(cursor: Cursor, account_id: UUID, session_id: UUID) -> bool:
    """End one of the account's sessions; False if it has none such."""
    cursor.execute(
        "delete from sessions where account_id = %s and id = %s", (account_id, session_id)
    )
    return bool(cursor.rowcount)


def end_all(cursor: Cursor, account_id: UUID, but_sha256: bytes = b"") -> None:
    """End all sessions of an account, but perhaps one."""
    cursor.execute(
        "delete from sessions where account_id = %s and secret_sha256 <> %s",
        (account_id, but_sha256),
    )


def forget_ended(cursor: Cursor) -> None:
    """Delete sessions that have run out."""
    cursor.execute("delete from sessions where ends_at < now()")
