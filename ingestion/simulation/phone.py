"""One simulated phone: it sends uploads over a bad network and does not give up easily."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlencode

from imagehub.backoff import backoff_seconds
from ingestion.simulation.crowd import CrowdUpload
from ingestion.simulation.history import History, HistoryEvent, HistoryKind
from ingestion.simulation.wire import (
    ConnectionBroke,
    Request,
    ServerAddress,
    WireFault,
    WireResponse,
    post,
)

UPLOADS = "/api/v1/uploads"
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
RETRY_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class NetworkTroubles:
    """How often each trouble happens, as a share of attempts, and how often phones say it twice."""

    lost_before_body: float = 0.0
    lost_in_body: float = 0.0
    lost_before_answer: float = 0.0
    slow_body: float = 0.0
    said_twice: float = 0.0

    def trouble(self, chance: random.Random) -> WireFault:
        """Draw the trouble of one attempt."""
        shares = {
            WireFault.LOST_BEFORE_BODY: self.lost_before_body,
            WireFault.LOST_IN_BODY: self.lost_in_body,
            WireFault.LOST_BEFORE_ANSWER: self.lost_before_answer,
            WireFault.SLOW_BODY: self.slow_body,
        }
        calm = 1.0 - sum(shares.values())
        return chance.choices([WireFault.NONE, *shares], [calm, *shares.values()])[0]


NETWORKS = {
    "none": NetworkTroubles(),
    "bad": NetworkTroubles(
        lost_before_body=0.05,
        lost_in_body=0.08,
        lost_before_answer=0.08,
        slow_body=0.08,
        said_twice=0.1,
    ),
}


class SendOutcome(StrEnum):
    """How the sending of one upload ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    GAVE_UP = "gave_up"


@dataclass(frozen=True, slots=True)
class SentUpload:
    """What became of one upload; `code` says why the door refused it."""

    upload: CrowdUpload
    ending: SendOutcome
    attempts: int
    status: int | None = None
    code: str = ""


@dataclass(frozen=True)
class Phone:
    """A phone with a network, a random seed and a timeout.

    The luck of an upload depends on the seed and the upload alone, not on which phone sends it.
    """

    number: int
    server: ServerAddress
    network: NetworkTroubles
    history: History
    seed: int = 0
    timeout_seconds: float = 300.0
    sleep: Callable[[float], None] = time.sleep

    def send(self, upload: CrowdUpload, token: str) -> SentUpload:
        """Send one upload, again and again with the same key, until it gets a final answer."""
        chance = random.Random(f"{self.seed}/{upload.id}")  # noqa: S311 - luck, not a secret
        request = _request(upload, token)
        deadline = time.monotonic() + self.timeout_seconds
        attempt = 0
        while True:
            attempt += 1
            answer = self._attempt(upload, request, attempt, chance)
            if answer is not None and answer.status == 202:
                if chance.random() < self.network.said_twice:
                    attempt += 1
                    self._attempt(upload, request, attempt, chance)
                return SentUpload(upload, SendOutcome.ACCEPTED, attempt, answer.status)
            if answer is not None and answer.status not in RETRY_STATUSES:
                code = str(answer.body.get("code", ""))
                return SentUpload(upload, SendOutcome.REFUSED, attempt, answer.status, code)
            if time.monotonic() > deadline:
                return SentUpload(
                    upload, SendOutcome.GAVE_UP, attempt, answer.status if answer else None
                )
            self.sleep(_pause_seconds(attempt, answer, chance))

    def _attempt(
        self, upload: CrowdUpload, request: Request, attempt: int, chance: random.Random
    ) -> WireResponse | None:
        """One operation of the history; None if no answer was read."""
        trouble = self.network.trouble(chance)
        share = chance.uniform(0.05, 0.95)
        begun = HistoryEvent(
            HistoryKind.INVOKE,
            str(upload.id),
            attempt,
            self.number,
            photo_sha256=hashlib.sha256(request.body).hexdigest(),
            detail=trouble,
        )
        self.history.write(begun)
        try:
            answer = post(self.server, request, trouble, share)
        except ConnectionBroke as error:
            self.history.write(replace(begun, kind=HistoryKind.INFO, detail=str(error)))
            return None
        self.history.write(
            replace(
                begun,
                kind=_kind(answer),
                status=answer.status,
                retry_after_seconds=answer.retry_after_seconds,
                detail=str(answer.body.get("code", "")),
            )
        )
        return answer


def _kind(answer: WireResponse) -> HistoryKind:
    """A 5xx leaves it in doubt whether the upload was taken."""
    if answer.status == 202:
        return HistoryKind.OK
    return HistoryKind.FAIL if answer.status < 500 else HistoryKind.INFO


def _request(upload: CrowdUpload, token: str) -> Request:
    query = urlencode({"label": upload.mid, **upload.metadata(), "device": "simulated phone"})
    return Request(
        target=f"{UPLOADS}?{query}",
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "image/jpeg",
            "Idempotency-Key": str(upload.id),
        },
        body=upload.file.read_bytes(),
    )


def _pause_seconds(attempt: int, answer: WireResponse | None, chance: random.Random) -> float:
    """Twice as long each time, never all phones at once, never sooner than the server asked."""
    pause = backoff_seconds(attempt, FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
    requested_seconds = answer.retry_after_seconds if answer and answer.retry_after_seconds else 0.0
    return requested_seconds + pause * chance.uniform(0.5, 1.0)
