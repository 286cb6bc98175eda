"""Personal access tokens. Only a token's SHA-256 is ever stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from imagehub.catalogue.accounts.accounts import account_of
from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Account, Scope


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who shows a token, and what the token is good for."""

    account: Account
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class TokenEntry:
    """A token as its owner lists it; the token itself is nowhere."""

    id: UUID
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    last_used_at: datetime | None


def add(
    cursor: Cursor, account_id: UUID, secret_sha256: bytes, name: str, scopes: Iterable[Scope]
) -> None:
    """Let the bearer of a token act as the account, for what the scopes name."""
    cursor.execute(
        "insert into tokens (account_id, secret_sha256, name, scopes) values (%s, %s, %s, %s)",
        (account_id, secret_sha256, name, sorted({scope.value for scope in scopes})),
    )


def bearer(cursor: Cursor, secret_sha256: bytes) -> Bearer | None:
    """Who holds a token that is in force; notes, to ten minutes, that it was used."""
    cursor.execute(
        """
        with found as (
            select tokens.id as token_id, tokens.scopes, tokens.last_used_at, accounts.id,
                accounts.name, accounts.roles
            from tokens
            join accounts on accounts.id = tokens.account_id
            where tokens.secret_sha256 = %s and tokens.revoked_at is null and accounts.in_force
        ), used as (
            update tokens
            set last_used_at = now()
            from found
            where tokens.id = found.token_id
                and (
                    found.last_used_at is null
                    or found.last_used_at < now() - interval '10 minutes'
                )
        )
        select *
        from found
        """,
        (secret_sha256,),
    )
    row = cursor.fetchone()
    return Bearer(account_of(row), _scopes(row.scopes)) if row else None


def of_account(cursor: Cursor, account_id: UUID) -> list[TokenEntry]:
    """The account's tokens that are in force, the newest first."""
    cursor.execute(
        """
        select id, name, scopes, created_at, last_used_at
        from tokens
        where account_id = %s and revoked_at is null
        order by created_at desc, id
        """,
        (account_id,),
    )
    return [
        TokenEntry(
            row.id,
            row.name,
            tuple(sorted(_scopes(row.scopes))),
            row.created_at,
            row.last_used_at,
        )
        for row in cursor.fetchall()
    ]


def revoke(cursor: Cursor, secret_sha256: bytes) -> bool:
    """Make a token worthless from now on; False if there was no such token in force."""
    cursor.execute(
        "update tokens set revoked_at = now() where secret_sha256 = %s and revoked_at is null",
        (secret_sha256,),
    )
    return bool(cursor.rowcount)


def revoke_own(cursor: Cursor, account_id: UUID, token_id: UUID) -> str | None:
    """Make one of the account's tokens worthless and return its name; None if it has none such."""
    cursor.execute(
        """
        update tokens
        set revoked_at = now()
        where id = %s and account_id = %s and revoked_at is null
        returning name
        """,
        (token_id, account_id),
    )
    row = cursor.fetchone()
    return str(row.name) if row else None


def revoke_all(cursor: Cursor, account_id: UUID) -> None:
    """Make all tokens of an account worthless."""
    cursor.execute(
        "update tokens set revoked_at = now() where account_id = %s and revoked_at is null",
        (account_id,),
    )


def _scopes(names: Iterable[str]) -> frozenset[Scope]:
    return frozenset(Scope(name) for name in names)
