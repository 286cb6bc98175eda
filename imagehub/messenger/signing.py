"""Signatures of webhooks, as Standard Webhooks (standardwebhooks.com) has them; pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """A secret as its owner writes it: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(secret: str, message_id: str, sent_at_seconds: int, body: str) -> dict[str, str]:
    """The headers that let a receiver know who sent a body, and when.

    The signature is HMAC-SHA256 over `id.timestamp.body`; the id stays the same on every attempt.
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{sent_at_seconds}.{body}".encode()
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(sent_at_seconds),
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
