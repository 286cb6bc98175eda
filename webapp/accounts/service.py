"""What people do with their own account: sign up, sign in, change the password, delete it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from imagehub.catalogue.accounts import (
    account_tokens,
    accounts,
    audit_events,
    credentials,
    sessions,
)
from imagehub.catalogue.accounts.account_tokens import TokenEntry
from imagehub.catalogue.accounts.audit_events import AuditEvent
from imagehub.catalogue.accounts.sessions import SessionEntry
from imagehub.catalogue.accounts.tokens import digest
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.demands import demands, notices, webhooks
from imagehub.catalogue.training import training_requests
from imagehub.errors import Conflict, NotFound, Refused, Unauthorised
from imagehub.messenger.addresses import is_address
from imagehub.vocabulary import Account, Role
from webapp.accounts import passwords
from webapp.http.boundary import is_safe

NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
EVENTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What a person signs up with; `email` may be empty."""

    name: str
    password: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A wish to change the password, and perhaps to revoke all tokens with it."""

    old: str
    new: str
    revokes_tokens: bool = False


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as its owner sees it."""

    account: Account
    has_password: bool
    tokens: tuple[TokenEntry, ...]
    sessions: tuple[SessionEntry, ...]
    events: tuple[AuditEvent, ...]


def sign_up(database: Database, newcomer: Newcomer) -> Account:
    """Make a contributor's account.

    Raises Refused for a name, address or password that cannot be, Conflict for a taken one: of two
    who ask for a name at once, one gets it.
    """
    name = newcomer.name.strip()
    if not NAME.fullmatch(name):
        raise Refused(
            "name_invalid",
            "A name has up to 40 lower-case letters, digits, dots, hyphens and underscores.",
        )
    if newcomer.email and not is_address(newcomer.email):
        raise Refused("email_invalid", "This is no e-mail address. You may leave it empty.")
    kept = passwords.hash_of(newcomer.password, name)
    roles = frozenset({Role.CONTRIBUTOR})
    with database.transaction() as cursor:
        account_id = accounts.sign_up(cursor, name, roles)
        if newcomer.email and not credentials.set_email(cursor, account_id, newcomer.email):
            raise Conflict("This e-mail address is taken. You may leave it empty.")
        credentials.set_password(cursor, account_id, kept)
        audit_events.write(cursor, "signed up", account_id, account_id)
    return Account(account_id, name, roles)


def sign_in(database: Database, name_or_email: str, password: str) -> Account:
    """Who signs in so; raise Unauthorised, after the same work, where it is nobody."""
    wanted = name_or_email.strip() if is_safe(name_or_email) else ""
    with database.transaction() as cursor:
        found = credentials.find(cursor, wanted)
    if not passwords.is_right(password, found.password_hash if found else None) or found is None:
        raise Unauthorised("The name or the password is wrong.")
    return found.account


def sign_in_by_link(database: Database, secret: str) -> Account:
    """Use a link up and say who signs in by it; raise Unauthorised where it is used or too old."""
    with database.transaction() as cursor:
        found = credentials.use_link(cursor, digest(secret))
        if found is None:
            raise Unauthorised("This link was used already or is too old. Ask for a new one.")
        audit_events.write(cursor, "signed in by link", found.id, found.id)
    return found


def show(database: Database, account: Account, session_sha256: bytes) -> AccountView:
    """All that a person sees of the own account, from the session with this digest."""
    with database.transaction() as cursor:
        return AccountView(
            account=account,
            has_password=credentials.password_hash(cursor, account.id) is not None,
            tokens=tuple(account_tokens.of_account(cursor, account.id)),
            sessions=tuple(sessions.of_account(cursor, account.id, session_sha256)),
            events=tuple(audit_events.of_account(cursor, account.id, EVENTS_SHOWN)),
        )


def change_password(
    database: Database, account: Account, wish: NewPassword, session_sha256: bytes
) -> None:
    """Take a new password; end all other sessions, all links and, where wished, all tokens.

    Raises Refused where the old password is wrong (`password_wrong`) or the new one weak; who has
    none yet needs no old one.
    """
    kept = passwords.hash_of(wish.new, account.name)
    with database.transaction() as cursor:
        hold(cursor, account)
        if credentials.password_hash(cursor, account.id) is not None:
            require_password(cursor, account, wish.old)
        credentials.set_password(cursor, account.id, kept)
        credentials.end_links(cursor, account.id)
        if wish.revokes_tokens:
            account_tokens.revoke_all(cursor, account.id)
        sessions.end_all(cursor, account.id, but_sha256=session_sha256)
        audit_events.write(cursor, "password changed", account.id, account.id)


def sign_out_everywhere(database: Database, account: Account) -> None:
    """End all sessions of an account, also this one, and all its links; tokens stay."""
    with database.transaction() as cursor:
        credentials.end_links(cursor, account.id)
        sessions.end_all(cursor, account.id)
        audit_events.write(cursor, "signed out everywhere", account.id, account.id)


def delete(database: Database, account: Account, password: str) -> None:
    """Take the account's name, roles and credentials away, and end its tokens and sessions.

    What it sent stays; what it has training is stopped. Raises Refused for a wrong password.
    """
    with database.transaction() as cursor:
        hold(cursor, account)
        require_password(cursor, account, password)
        audit_events.write(cursor, "deleted", account.id, account.id)
        account_tokens.revoke_all(cursor, account.id)
        training_requests.cancel_all(cursor, account.id)
        sessions.end_all(cursor, account.id)
        credentials.forget(cursor, account.id)
        notices.forget(cursor, account.id)
        webhooks.remove_all(cursor, account.id)
        demands.leave_all(cursor, account.id)
        accounts.forget(cursor, account.id)


def hold(cursor: Cursor, account: Account) -> None:
    """Let nobody else change the account meanwhile; raise Unauthorised if it was deleted."""
    if accounts.lock(cursor, account.id) is None:
        raise Unauthorised("This account was deleted.")


def confirm(database: Database, account: Account, password: str) -> None:
    """Let who knows the account's password pass; else raise Refused."""
    with database.transaction() as cursor:
        require_password(cursor, account, password)


def require_password(cursor: Cursor, account: Account, password: str) -> None:
    """Let who knows the account's password pass; else raise Refused."""
    kept = credentials.password_hash(cursor, account.id)
    if kept is None:
        raise Refused("password_missing", "Set a password on your account's page first.")
    if not passwords.is_right(password, kept):
        raise Refused("password_wrong", "Your password is wrong.")


def end_session(database: Database, account: Account, session_id: str) -> None:
    """End one of one's own sessions; raise NotFound for any other."""
    try:
        wanted = UUID(session_id)
    except ValueError as error:
        raise NotFound(f"There is no session {session_id!r}.") from error
    with database.transaction() as cursor:
        if not sessions.end_own(cursor, account.id, wanted):
            raise NotFound(f"There is no session {session_id} of yours.")
        audit_events.write(cursor, "session ended", account.id, account.id)
