"""One's own account, for programs."""

from __future__ import annotations

from flask import Response

from imagehub.answers.accounts import OwnAccount
from imagehub.vocabulary import Account
from webapp.accounts import export_answer
from webapp.http import auth
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources

endpoints = Endpoints("account")


@endpoints.get("/account/export", media_types=("application/zip",), problems=(429,))
def export(account: Account) -> Response:
    """Take away all that the hub keeps of you, as a ZIP of JSON lines."""
    return export_answer.answer(resources().database, account)


@endpoints.get("/account")
def show(account: Account) -> OwnAccount:
    """Show whose token this is."""
    return OwnAccount(
        name=account.name,
        roles=tuple(sorted(account.roles)),
        scopes=tuple(sorted(auth.scopes())),
    )
