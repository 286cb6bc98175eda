"""What a supervisor asks: is the process alive, and are its parts there?"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response
from pydantic import BaseModel

from imagehub.errors import HubError
from webapp.http.endpoints import Endpoints, reply
from webapp.http.gateways import Gateways, gateways
from webapp.operation import readiness

NEVER_KEPT = {"Cache-Control": "no-store"}
RETRY_SECONDS = 2
PARTS: dict[str, Callable[[Gateways], None]] = {
    "catalogue": lambda doors: readiness.ask_catalogue(doors.database),
    "log": lambda doors: readiness.ask_log(doors.log),
    "store": lambda doors: readiness.ask_store(doors.store),
}
endpoints = Endpoints("probes")


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"


class Readiness(BaseModel):
    """Each part the API needs, and whether it answers."""

    ready: bool
    parts: dict[str, bool]


@endpoints.get("/healthz", answer=Health)
def health() -> Response:
    """200 as long as the process answers at all."""
    return reply(Health(), headers=NEVER_KEPT)


@endpoints.get("/readyz", answer=Readiness, problems=(503,))
def ready() -> Response:
    """200 if every part answers, else 503 with the same body."""
    parts = {name: _answers(ask) for name, ask in PARTS.items()}
    if all(parts.values()):
        return reply(Readiness(ready=True, parts=parts), headers=NEVER_KEPT)
    headers = {**NEVER_KEPT, "Retry-After": str(RETRY_SECONDS)}
    return reply(Readiness(ready=False, parts=parts), 503, headers)


def _answers(ask: Callable[[Gateways], None]) -> bool:
    try:
        ask(gateways())
    except HubError:
        return False
    return True
