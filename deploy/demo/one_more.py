"""More photos for a full hub, one by one: how long until each is stored, until it is decided?"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from deploy.demo.sample_crowd.scenes import ShippedScene
from imagehub.client import Claim, HubClient

STORED_WITHIN_SECONDS = 5.0
VERIFIED_WITHIN_SECONDS = 60.0


@dataclass(frozen=True)
class OneMore:
    """Seconds from sending until the receipt said stored, and said the final state."""

    stored_seconds: float
    verified_seconds: float


def send_more(
    client: HubClient, scenes: Sequence[ShippedScene], progress: Callable[[], None] = lambda: None
) -> list[OneMore]:
    """Send photos, each when the one before is decided; `progress` is called after each."""
    more = []
    for scene in scenes:
        more.append(_send_one(client, scene))
        progress()
    return more


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile by nearest rank: of up to 20 numbers, the largest."""
    return sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]


def _send_one(client: HubClient, scene: ShippedScene) -> OneMore:
    photo = scene.file.read_bytes()
    upload_id = uuid.uuid4()
    started_at = time.monotonic()
    client.upload(photo, Claim(label=scene.label.mid, device="demo"), upload_id)
    client.wait_until_landed(upload_id)
    stored_seconds = time.monotonic() - started_at
    client.wait(upload_id)
    return OneMore(stored_seconds, time.monotonic() - started_at)
