"""One more photo for a full hub: how long until it is stored, and until it is decided?"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from imagehub.client import HubClient
from imagehub.client.answers import Claim
from imagehub.vocabulary import Label
from ingestion.sample_crowd.damage import jpeg
from ingestion.sample_crowd.scenes import photograph

APPLE = Label("/m/014j1m", "Apple")
STORED_WITHIN_SECONDS = 5.0
VERIFIED_WITHIN_SECONDS = 60.0


@dataclass(frozen=True)
class OneMore:
    """Seconds from sending until the receipt said stored, and said the final state."""

    stored_seconds: float
    verified_seconds: float
    state: str


def send_one_more(client: HubClient) -> OneMore:
    """Send a new drawing and follow its receipt to the end."""
    photo = jpeg(photograph(APPLE, f"one more {uuid.uuid4()}"))
    upload_id = uuid.uuid4()
    started_at = time.monotonic()
    client.upload(photo, Claim(label=APPLE.mid, device="demo"), upload_id)
    client.wait_until_landed(upload_id)
    stored_seconds = time.monotonic() - started_at
    receipt = client.wait(upload_id)
    return OneMore(stored_seconds, time.monotonic() - started_at, receipt.state.value)
