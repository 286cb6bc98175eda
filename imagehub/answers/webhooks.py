"""What the API answers on webhooks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from imagehub.answers.answer import Answer


class MadeWebhook(Answer):
    """A new webhook; the secret, which signs what we send, is shown only here."""

    id: UUID
    url: str
    secret: str


class WebhookEntry(Answer):
    """A webhook of yours."""

    id: UUID
    url: str
    made_at: datetime


class Webhooks(Answer):
    """Your webhooks, the oldest first."""

    webhooks: tuple[WebhookEntry, ...]
