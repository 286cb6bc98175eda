"""What the app asks the hub for: who is signed in, labels, and uploads as in the API."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from imagehub.catalogue.accounts.consents import TERMS_VERSION, GivenBy
from imagehub.vocabulary import Account, Role
from webapp.accounts import consents
from webapp.demands import api as demands
from webapp.http import sessions
from webapp.http.boundary import RequestModel
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.labels import api as labels
from webapp.uploads import api as uploads

endpoints = Endpoints("app")


class Me(BaseModel):
    """Who is signed in; `consented_at` is None until the terms in force are accepted."""

    id: UUID
    name: str
    csrf_token: str
    may_send: bool
    terms_version: int
    consented_at: datetime | None


class TermsAcceptance(RequestModel):
    """The version of the terms that the person has read and accepts."""

    terms_version: int


@endpoints.get("/me")
def me(account: Account) -> Me:
    """Tell who is signed in, and the word that this session's requests carry."""
    return _told(account)


@endpoints.post("/consent")
def accept_terms(account: Account, body: TermsAcceptance) -> Me:
    """Note that the person accepts the terms."""
    consents.give(resources().database, account, body.terms_version, GivenBy.APP)
    return _told(account)


endpoints.get("/labels")(labels.search)
endpoints.get("/missions")(demands.missions)
endpoints.get("/uploads")(uploads.newest)
endpoints.post("/uploads", status=202)(uploads.send)
endpoints.post("/uploads/<upload_id>/withdrawal")(uploads.withdraw)


def _told(account: Account) -> Me:
    consent = consents.show(resources().database, account)
    return Me(
        id=account.id,
        name=account.name,
        csrf_token=sessions.csrf_token(),
        may_send=Role.CONTRIBUTOR in account.roles,
        terms_version=TERMS_VERSION,
        consented_at=consent.given_at if consent else None,
    )
