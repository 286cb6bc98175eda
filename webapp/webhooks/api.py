"""Webhooks: where you want to be told by HTTP."""

from __future__ import annotations

from imagehub.answers.webhooks import MadeWebhook, WebhookEntry, Webhooks
from imagehub.vocabulary import Account
from webapp.http.boundary import RequestModel, Text
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.webhooks import service as webhooks

endpoints = Endpoints("webhooks")


class AskedWebhook(RequestModel):
    """An https address of yours."""

    url: Text


@endpoints.get("/webhooks")
def index(account: Account) -> Webhooks:
    """List your webhooks."""
    return _all(account)


@endpoints.post("/webhooks", status=201, problems=(409,))
def add(account: Account, body: AskedWebhook) -> MadeWebhook:
    """Register an address that gets your notices.

    We POST JSON with the headers of Standard Webhooks: `webhook-id`, `webhook-timestamp` and
    `webhook-signature`, an HMAC-SHA256 by the secret. What is not answered with 2xx is sent again,
    ever later, for a day and a half, under the same id.
    """
    hub = resources()
    is_any = hub.settings.webhook_addresses == "any"
    return webhooks.add(hub.database, account, body.url, is_any)


@endpoints.delete("/webhooks/<webhook_id>")
def remove(webhook_id: str, account: Account) -> Webhooks:
    """Remove a webhook and what still waits for it; answers those that are left."""
    webhooks.remove(resources().database, account, webhook_id)
    return _all(account)


def _all(account: Account) -> Webhooks:
    found = webhooks.show(resources().database, account).webhooks
    return Webhooks(webhooks=tuple(WebhookEntry.of(webhook) for webhook in found))
