"""What a supervisor asks: is the process alive, and are its parts there?"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from imagehub.answers.operation import Health, Readiness
from imagehub.errors import HubError
from webapp.http.endpoints import Endpoints, reply
from webapp.http.resources import Resources, resources
from webapp.operation import readiness

NEVER_KEPT = {"Cache-Control": "no-store"}
RETRY_SECONDS = 2
PARTS: dict[str, Callable[[Resources], None]] = {
    "catalogue": lambda hub: readiness.ask_catalogue(hub.database),
    "log": lambda hub: readiness.ask_log(hub.log),
    "store": lambda hub: readiness.ask_store(hub.store),
}
endpoints = Endpoints("probes")


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


def _answers(ask: Callable[[Resources], None]) -> bool:
    try:
        ask(resources())
    except HubError:
        return False
    return True
