"""Accounts and their roles. Reads never find a suspended or deleted account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from imagehub.catalogue.database import Cursor
from imagehub.errors import Conflict
from imagehub.vocabulary import Account, Role


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """An account as admins list it."""

    account: Account
    created_at: datetime
    suspended_at: datetime | None


def create_account(cursor: Cursor, name: str, roles: Iterable[Role]) -> UUID:
    """Make an account, or give an existing one of that name these roles too; return its id.

    Raises Conflict for the name of a deleted account.
    """
    if _is_former(cursor, name):
        raise Conflict(f"{name} was the name of an account that is deleted. Choose another.")
    cursor.execute(
        """
        insert into accounts (name, roles)
        values (%s, %s)
        on conflict (name) do update
        set roles = array(
            select distinct role
            from unnest(accounts.roles || excluded.roles) as role
            order by role
        )
        returning id
        """,
        (name, sorted({role.value for role in roles})),
    )
    account_id: UUID = cursor.fetchone().id
    return account_id


def sign_up(cursor: Cursor, name: str, roles: Iterable[Role]) -> UUID:
    """Make an account of a new name; raise Conflict if it is taken, or was a deleted account's."""
    cursor.execute(
        """
        insert into accounts (name, roles)
        values (%s, %s)
        on conflict do nothing
        returning id
        """,
        (name, sorted({role.value for role in roles})),
    )
    row = cursor.fetchone()
    # Asked now: the insert has waited for a deletion of the name's account.
    if row is None or _is_former(cursor, name):
        raise Conflict("This name is taken. Choose another.")
    account_id: UUID = row.id
    return account_id


def lock(cursor: Cursor, account_id: UUID) -> AccountEntry | None:
    """An account that is not deleted, locked: no other transaction changes it or its tokens."""
    cursor.execute(
        """
        select id, name, roles, created_at, suspended_at
        from accounts
        where id = %s and deleted_at is null
        for update
        """,
        (account_id,),
    )
    row = cursor.fetchone()
    return _entry(row) if row else None


def listed(cursor: Cursor, query: str, after: str, limit: int) -> list[AccountEntry]:
    """Accounts whose name has the words in it, by name, from behind `after` on."""
    cursor.execute(
        """
        select id, name, roles, created_at, suspended_at
        from accounts
        where deleted_at is null and strpos(lower(name), lower(%s)) > 0 and name > %s
        order by name
        limit %s
        """,
        (query, after, limit),
    )
    return [_entry(row) for row in cursor.fetchall()]


def set_roles(cursor: Cursor, account_id: UUID, roles: Iterable[Role]) -> None:
    """Give an account exactly these roles."""
    cursor.execute(
        "update accounts set roles = %s where id = %s",
        (sorted({role.value for role in roles}), account_id),
    )


def set_suspended(cursor: Cursor, account_id: UUID, is_suspended: bool) -> None:
    """Suspend an account, or take it back in; what it sent stays."""
    cursor.execute(
        """
        update accounts
        set suspended_at = case when %s then coalesce(suspended_at, now()) end
        where id = %s
        """,
        (is_suspended, account_id),
    )


def forget(cursor: Cursor, account_id: UUID) -> None:
    """Remove an account's name and roles for ever; the row stays for what it sent.

    Nobody can take the name anew: releases credit it.
    """
    cursor.execute(
        """
        insert into former_names (name_sha256)
        select sha256(convert_to(name, 'UTF8')) from accounts where id = %s
        on conflict do nothing
        """,
        (account_id,),
    )
    cursor.execute(
        """
        update accounts
        set deleted_at = now(), roles = '{}', name = 'former contributor ' || left(id::text, 8)
        where id = %s
        """,
        (account_id,),
    )


def _is_former(cursor: Cursor, name: str) -> bool:
    cursor.execute(
        """
        select exists (
            select from former_names where name_sha256 = sha256(convert_to(%s, 'UTF8'))
        ) as found
        """,
        (name,),
    )
    return bool(cursor.fetchone().found)


def any_admin(cursor: Cursor) -> bool:
    """True if an admin account exists that can sign in."""
    cursor.execute(
        "select exists (select from accounts where 'admin' = any(roles) and in_force) as found"
    )
    return bool(cursor.fetchone().found)


def account_of(row: Any) -> Account:
    """The account of a row with its id, name and roles."""
    return Account(row.id, row.name, frozenset(Role(role) for role in row.roles))


def _entry(row: Any) -> AccountEntry:
    return AccountEntry(account_of(row), row.created_at, row.suspended_at)
