"""What accounts are granted, by admins or by whoever takes the money.

A payment's webhook grants premium through the same `Grants` as an admin does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from imagehub.catalogue.accounts import accounts, audit_events, sessions
from imagehub.catalogue.accounts.accounts import AccountEntry
from imagehub.catalogue.accounts.audit_events import AuditEvent
from imagehub.catalogue.database import Cursor, Database
from imagehub.errors import Forbidden, NotFound, Refused
from imagehub.vocabulary import Account, Role
from webapp.accounts.service import EVENTS_SHOWN, require_password
from webapp.http import access

NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class RoleRequest:
    """What an admin asks for; the roles are words of a form."""

    roles: frozenset[str]
    is_suspended: bool


@dataclass(frozen=True)
class Grants:
    """Gives and takes roles, for `grantor`: an admin's id, or None for a payment."""

    cursor: Cursor
    grantor: UUID | None

    def premium(self, account_id: UUID, is_paid: bool) -> None:
        """Give premium, or take it; the same again changes nothing."""
        roles = set(self._locked(account_id).account.roles)
        self.roles(account_id, roles | {Role.PREMIUM} if is_paid else roles - {Role.PREMIUM})

    def roles(self, account_id: UUID, roles: Iterable[Role]) -> None:
        """Give exactly these roles; it counts from the account's next request on."""
        before, after = self._locked(account_id).account.roles, frozenset(roles)
        if before != after:
            accounts.set_roles(self.cursor, account_id, after)
            detail = f"{_words(before)} → {_words(after)}"
            self._note("roles changed", account_id, detail)

    def suspended(self, account_id: UUID, is_suspended: bool) -> None:
        """Suspend an account, which ends its sessions, or take it back in."""
        was_suspended = self._locked(account_id).suspended_at is not None
        if was_suspended != is_suspended:
            accounts.set_suspended(self.cursor, account_id, is_suspended)
            sessions.end_all(self.cursor, account_id)
            self._note("suspended" if is_suspended else "taken back in", account_id)

    def _locked(self, account_id: UUID) -> AccountEntry:
        found = accounts.lock(self.cursor, account_id)
        if found is None:
            raise NotFound(f"There is no account {account_id}.")
        return found

    def _note(self, action: str, account_id: UUID, detail: str = "") -> None:
        audit_events.write(self.cursor, action, account_id, self.grantor, detail)


def events(database: Database, entry: AccountEntry) -> list[AuditEvent]:
    """What was done to an account last."""
    with database.transaction() as cursor:
        return audit_events.of_account(cursor, entry.account.id, EVENTS_SHOWN)


def audit(database: Database, before: int | None, limit: int) -> list[AuditEvent]:
    """What was done to all accounts, the newest first, from before an event on."""
    with database.transaction() as cursor:
        return audit_events.newest(cursor, NEWEST if before is None else before, limit)


def show(database: Database, account_id: str) -> AccountEntry:
    """One account; raise NotFound where there is none."""
    with database.transaction() as cursor:
        found = accounts.lock(cursor, _uuid(account_id))
    if found is None:
        raise NotFound(f"There is no account {account_id}.")
    return found


def change(
    database: Database, admin: Account, password: str, account_id: str, wish: RoleRequest
) -> None:
    """Give an account the roles of a wish, and suspend it or not.

    Raises Forbidden for the admin's own account and for who is no admin any more, Refused for a
    wrong password and unknown roles. Of two admins who take each other's role at once one stays.
    """
    wanted = _uuid(account_id)
    if not wish.roles <= set(Role):
        raise Refused("role_invalid", "Choose roles from the list.")
    with database.transaction() as cursor:
        access.table().things["account"].require(
            admin, "Another admin changes your own account.", is_own=wanted == admin.id
        )
        for one in sorted({admin.id, wanted}):
            accounts.lock(cursor, one)
        _require_still_admin(cursor, admin)
        require_password(cursor, admin, password)
        granting = Grants(cursor, admin.id)
        granting.roles(wanted, [Role(one) for one in wish.roles])
        granting.suspended(wanted, wish.is_suspended)


def _require_still_admin(cursor: Cursor, admin: Account) -> None:
    found = accounts.lock(cursor, admin.id)
    if found is None or found.suspended_at or Role.ADMIN not in found.account.roles:
        raise Forbidden("You are no admin any more.")


def _words(roles: Iterable[Role]) -> str:
    return ", ".join(sorted(roles)) or "none"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(f"There is no account {text!r}.") from error
