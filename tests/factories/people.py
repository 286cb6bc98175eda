"""Accounts and their tokens."""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Sequence

from imagehub.catalogue.accounts import consents
from imagehub.catalogue.accounts.consents import TERMS_VERSION, GivenBy
from imagehub.catalogue.database import Cursor
from imagehub.vocabulary import Account, Role
from tests.factories.numbers import next_number


def account(
    cursor: Cursor, name: str | None = None, roles: Sequence[Role] = (Role.CONTRIBUTOR,)
) -> Account:
    """An account, a month old, that accepts the terms; `name` is made up where nobody cares."""
    name = name or f"contributor-{next_number():04d}"
    cursor.execute(
        "insert into accounts (name, roles, created_at)"
        " values (%s, %s, now() - interval '30 days') returning id",
        (name, [str(role) for role in roles]),
    )
    made = Account(uuid.UUID(str(cursor.fetchone().id)), name, frozenset(roles))
    consents.give(cursor, made.id, TERMS_VERSION, GivenBy.COMMAND)
    return made


def token(cursor: Cursor, owner: Account) -> str:
    """A token of the account, as its bearer writes it."""
    text = f"dih_{random.Random(next_number()).randbytes(32).hex()[:43]}"
    cursor.execute(
        "insert into tokens (account_id, secret_sha256) values (%s, %s)",
        (str(owner.id), hashlib.sha256(text.encode()).digest()),
    )
    return text


def session(cursor: Cursor, token: str) -> str:
    """A browser's session that was begun with the token; answer its secret."""
    secret = f"session-{next_number()}"
    cursor.execute(
        "insert into sessions (secret_sha256, account_id, token_id, ends_at)"
        " select %s, account_id, id, now() + interval '1 hour' from tokens"
        " where secret_sha256 = %s",
        (hashlib.sha256(secret.encode()).digest(), hashlib.sha256(token.encode()).digest()),
    )
    return secret
