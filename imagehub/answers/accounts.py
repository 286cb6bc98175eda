"""What the API answers on one's own account."""

from __future__ import annotations

from imagehub.answers.answer import Answer
from imagehub.vocabulary import Role, Scope


class OwnAccount(Answer):
    """Who the token's bearer is; `scopes` is what the token is good for."""

    name: str
    roles: tuple[Role, ...]
    scopes: tuple[Scope, ...]
