"""One's own account, for programs."""

from __future__ import annotations

from pydantic import BaseModel

from imagehub.vocabulary import Account, Role, Scope
from webapp.http import auth
from webapp.http.endpoints import Endpoints

endpoints = Endpoints("account")


class OwnAccount(BaseModel):
    """Who the token's bearer is; `scopes` is what the token is good for."""

    name: str
    roles: list[Role]
    scopes: list[Scope]


@endpoints.get("/account")
def show(account: Account) -> OwnAccount:
    """Show whose token this is."""
    return OwnAccount(name=account.name, roles=sorted(account.roles), scopes=sorted(auth.scopes()))
