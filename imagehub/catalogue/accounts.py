"""Accounts and their tokens. Only a token's SHA-256 is ever stored."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Account, Role


def create_account(cursor: Cursor, name: str, roles: Iterable[Role]) -> UUID:
    """Make an account, or give an existing one of that name these roles too; return its id."""
    cursor.execute(
        """
        insert into accounts (name, roles) values (%s, %s)
        on conflict (name) do update set roles = array(
            select distinct role from unnest(accounts.roles || excluded.roles) as role order by role
        )
        returning id::text
        """,
        (name, sorted({role.value for role in roles})),
    )
    return UUID(cursor.fetchone().id)


def add_token(cursor: Cursor, account_id: UUID, secret_sha256: bytes) -> None:
    """Let the bearer of a token act as the account."""
    cursor.execute(
        "insert into tokens (account_id, secret_sha256) values (%s, %s)",
        (str(account_id), secret_sha256),
    )


def find_by_token(cursor: Cursor, secret_sha256: bytes) -> Account | None:
    """The account of a token that is not revoked."""
    cursor.execute(
        """
        select accounts.id::text, accounts.name, accounts.roles
        from tokens join accounts on accounts.id = tokens.account_id
        where tokens.secret_sha256 = %s and tokens.revoked_at is null
        """,
        (secret_sha256,),
    )
    row = cursor.fetchone()
    if row is None:
        return None
    return Account(UUID(row.id), row.name, frozenset(Role(role) for role in row.roles))


def revoke_token(cursor: Cursor, secret_sha256: bytes) -> bool:
    """Make a token worthless from now on; False if there was no such token in force."""
    cursor.execute(
        "update tokens set revoked_at = now() where secret_sha256 = %s and revoked_at is null",
        (secret_sha256,),
    )
    return bool(cursor.rowcount)
