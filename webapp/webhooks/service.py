"""Webhooks: where an account wants to be told by HTTP, and how that went."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from imagehub.answers.webhooks import MadeWebhook
from imagehub.catalogue.database import Database
from imagehub.catalogue.demands import deliveries, webhooks
from imagehub.catalogue.demands.deliveries import DeliveryEntry
from imagehub.catalogue.demands.webhooks import Webhook
from imagehub.errors import Conflict, NotFound, Refused
from imagehub.messenger import signing
from imagehub.messenger.targets import read_target
from imagehub.vocabulary import Account

MOST = 5
DELIVERIES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class OwnWebhooks:
    """An account's webhooks and what was sent to it last."""

    webhooks: tuple[Webhook, ...]
    deliveries: tuple[DeliveryEntry, ...]


def show(database: Database, account: Account) -> OwnWebhooks:
    """The account's webhooks, and its deliveries by HTTP and e-mail."""
    with database.transaction() as cursor:
        return OwnWebhooks(
            tuple(webhooks.of_account(cursor, account.id)),
            tuple(deliveries.of_account(cursor, account.id, DELIVERIES_SHOWN)),
        )


def add(database: Database, account: Account, url: str, any_address: bool) -> MadeWebhook:
    """Register an address; `any_address` lets it lead into private networks.

    Raises Refused for an address that may not be used or one too many, Conflict for one that the
    account has already.
    """
    url, secret = url.strip(), signing.new_secret()
    read_target(url, any_address)
    with database.transaction() as cursor:
        webhooks.hold_owner(cursor, account.id)
        if len(webhooks.of_account(cursor, account.id)) >= MOST:
            raise Refused("too_many_webhooks", f"You have {MOST} webhooks. Remove one first.")
        made = webhooks.add(cursor, account.id, url, secret)
    if made is None:
        raise Conflict("You have this webhook already.")
    return MadeWebhook(id=made, url=url, secret=secret)


def remove(database: Database, account: Account, webhook_id: str) -> None:
    """Send nothing more to a webhook; raise NotFound if the account has none such."""
    sentence = f"You have no webhook {webhook_id[:40]!r}."
    try:
        webhook_uuid = UUID(webhook_id)
    except ValueError as error:
        raise NotFound(sentence) from error
    with database.transaction() as cursor:
        if not webhooks.remove(cursor, account.id, webhook_uuid):
            raise NotFound(sentence)
