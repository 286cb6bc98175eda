"""One's own account, for programs."""

from __future__ import annotations

from imagehub.answers.accounts import OwnAccount
from imagehub.vocabulary import Account
from webapp.http import auth
from webapp.http.endpoints import Endpoints

endpoints = Endpoints("account")


@endpoints.get("/account")
def show(account: Account) -> OwnAccount:
    """Show whose token this is."""
    return OwnAccount(
        name=account.name,
        roles=tuple(sorted(account.roles)),
        scopes=tuple(sorted(auth.scopes())),
    )
