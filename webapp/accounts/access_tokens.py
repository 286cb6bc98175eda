"""Personal access tokens: made, shown once, revoked by their owner."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from imagehub.catalogue.accounts import account_tokens, audit_events
from imagehub.catalogue.accounts.tokens import digest, new_token
from imagehub.catalogue.database import Database
from imagehub.characters import find_hidden
from imagehub.errors import NotFound, Refused
from imagehub.vocabulary import Account, Scope
from webapp.accounts.service import hold

MOST_TOKENS = 20
LONGEST_NAME_CHARACTERS = 60


def make(database: Database, account: Account, name: str, scopes: Iterable[str]) -> str:
    """Make a token for some scopes and return it, this once.

    Raises Refused for a name or scopes that cannot be, and for the 21st token in force: of two that
    are asked for at once, when 19 are in force, one is made.
    """
    name, wanted = name.strip(), set(scopes)
    hidden = find_hidden(name, but="")
    if hidden:
        raise Refused("name_invalid", f"The name holds {hidden}, which nobody sees; leave it out.")
    if not name or len(name) > LONGEST_NAME_CHARACTERS:
        raise Refused("name_invalid", "Give the token a name, such as “my phone”.")
    if not wanted or not wanted <= set(Scope):
        raise Refused("scope_invalid", "Choose at least one thing that the token is good for.")
    token = new_token()
    with database.transaction() as cursor:
        hold(cursor, account)
        if len(account_tokens.of_account(cursor, account.id)) >= MOST_TOKENS:
            raise Refused("too_many_tokens", f"You have {MOST_TOKENS} tokens. Revoke one first.")
        chosen = [Scope(one) for one in wanted]
        account_tokens.add(cursor, account.id, digest(token), name, chosen)
        audit_events.write(cursor, "token made", account.id, account.id, name)
    return token


def revoke(database: Database, account: Account, token_id: str) -> None:
    """Make one of one's own tokens worthless; raise NotFound for any other."""
    try:
        wanted = UUID(token_id)
    except ValueError as error:
        raise NotFound(f"There is no token {token_id!r}.") from error
    with database.transaction() as cursor:
        name = account_tokens.revoke_own(cursor, account.id, wanted)
        if name is None:
            raise NotFound(f"There is no token {token_id} of yours.")
        audit_events.write(cursor, "token revoked", account.id, account.id, name)
