"""Webhooks: where you want to be told by HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from imagehub.vocabulary import Account
from webapp.http.boundary import RequestModel, Text
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.webhooks import service as webhooks

endpoints = Endpoints("webhooks")


class AskedWebhook(RequestModel):
    """An https address of yours."""

    url: Text


class MadeWebhook(BaseModel):
    """A new webhook; the secret, which signs what we send, is told this once."""

    id: UUID
    url: str
    secret: str


class WebhookEntry(BaseModel):
    """A webhook of yours."""

    id: UUID
    url: str
    made_at: datetime


class Webhooks(BaseModel):
    """Your webhooks, the oldest first."""

    webhooks: list[WebhookEntry]


@endpoints.get("/webhooks")
def index(account: Account) -> Webhooks:
    """List your webhooks."""
    return _all(account)


@endpoints.post("/webhooks", status=201, problems=(409,))
def add(account: Account, body: AskedWebhook) -> MadeWebhook:
    """Register an address that is told of what you wait for.

    We POST JSON with the headers of Standard Webhooks: `webhook-id`, `webhook-timestamp` and
    `webhook-signature`, an HMAC-SHA256 by the secret. What is not answered with 2xx is sent again,
    ever later, for a day and a half, under the same id.
    """
    hub = resources()
    is_any = hub.settings.webhook_addresses == "any"
    made = webhooks.add(hub.database, account, body.url, is_any)
    return MadeWebhook(id=made.id, url=made.url, secret=made.secret)


@endpoints.delete("/webhooks/<webhook_id>")
def remove(webhook_id: str, account: Account) -> Webhooks:
    """Remove a webhook and what still waits for it; answers those that are left."""
    webhooks.remove(resources().database, account, webhook_id)
    return _all(account)


def _all(account: Account) -> Webhooks:
    found = webhooks.show(resources().database, account).webhooks
    return Webhooks(
        webhooks=[WebhookEntry(id=one.id, url=one.url, made_at=one.made_at) for one in found]
    )
