"""What accounts sign in with: a password's hash, an e-mail address, links that work once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from imagehub.catalogue.accounts.accounts import account_of
from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Account


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account and the hash of its password; None where it has no password."""

    account: Account
    password_hash: str | None


def find(cursor: Cursor, name_or_email: str) -> Credentials | None:
    """Who signs in by this name or e-mail address."""
    cursor.execute(
        """
        select accounts.id, accounts.name, accounts.roles, c.password_hash
        from accounts
        left join credentials c on c.account_id = accounts.id
        where (accounts.name = %s or c.email = lower(%s)) and accounts.in_force
        order by accounts.name = %s desc
        limit 1
        """,
        (name_or_email, name_or_email, name_or_email),
    )
    row = cursor.fetchone()
    return Credentials(account_of(row), row.password_hash) if row else None


def password_hash(cursor: Cursor, account_id: UUID) -> str | None:
    """The hash of an account's password, if it has one."""
    cursor.execute("select password_hash from credentials where account_id = %s", (account_id,))
    row = cursor.fetchone()
    return row.password_hash if row else None


def set_email(cursor: Cursor, account_id: UUID, email: str) -> bool:
    """Note an address to sign in by; False if another account has it."""
    cursor.execute(
        "insert into credentials (account_id, email) values (%s, lower(%s)) on conflict do nothing",
        (account_id, email),
    )
    return bool(cursor.rowcount)


def set_password(cursor: Cursor, account_id: UUID, password_hash: str) -> None:
    """Keep the hash of an account's new password."""
    cursor.execute(
        """
        insert into credentials (account_id, password_hash)
        values (%s, %s)
        on conflict (account_id) do update
        set password_hash = excluded.password_hash, changed_at = now()
        """,
        (account_id, password_hash),
    )


def forget(cursor: Cursor, account_id: UUID) -> None:
    """Delete all that an account signs in with."""
    end_links(cursor, account_id)
    cursor.execute("delete from credentials where account_id = %s", (account_id,))


def end_links(cursor: Cursor, account_id: UUID) -> None:
    """Let no link made so far sign in as the account."""
    cursor.execute("delete from sign_in_links where account_id = %s", (account_id,))


def add_link(cursor: Cursor, account_id: UUID, secret_sha256: bytes, lasts_seconds: int) -> None:
    """Store a link's token: it signs its holder in as the account, once."""
    cursor.execute(
        """
        insert into sign_in_links (secret_sha256, account_id, ends_at)
        values (%s, %s, now() + make_interval(secs => %s))
        """,
        (secret_sha256, account_id, lasts_seconds),
    )


def use_link(cursor: Cursor, secret_sha256: bytes) -> Account | None:
    """Use a link up: of two who do so at once, one gets the account and the other None."""
    cursor.execute(
        """
        update sign_in_links
        set used_at = now()
        from accounts
        where secret_sha256 = %s
            and used_at is null
            and ends_at > now()
            and accounts.id = sign_in_links.account_id
            and accounts.in_force
        returning accounts.id, accounts.name, accounts.roles
        """,
        (secret_sha256,),
    )
    row = cursor.fetchone()
    return account_of(row) if row else None
