"""What a supervisor asks: is the process alive, and are its parts there?"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response
from pydantic import BaseModel

from imagehub.errors import HubError
from webapp.api.endpoints import reply
from webapp.gateways import Gateways, gateways
from webapp.services import readiness


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"


class Readiness(BaseModel):
    """Each part the API needs, and whether it answers."""

    ready: bool
    parts: dict[str, bool]


PARTS: dict[str, Callable[[Gateways], None]] = {
    "catalogue": lambda doors: readiness.ask_catalogue(doors.database),
    "log": lambda doors: readiness.ask_log(doors.log),
    "store": lambda doors: readiness.ask_store(doors.store),
}


def blueprint() -> Blueprint:
    """The two probes."""
    probes = Blueprint("probes", __name__)
    probes.add_url_rule("/healthz", "health", health, provide_automatic_options=False)
    probes.add_url_rule("/readyz", "ready", ready, provide_automatic_options=False)
    return probes


def health() -> Response:
    """200 as long as the process answers at all."""
    return reply(Health(), headers={"Cache-Control": "no-store"})


def ready() -> Response:
    """200 if every part answers, else 503."""
    parts = {name: _answers(ask) for name, ask in PARTS.items()}
    state = Readiness(ready=all(parts.values()), parts=parts)
    headers = {"Cache-Control": "no-store"}
    if not state.ready:
        headers["Retry-After"] = "2"
    return reply(state, 200 if state.ready else 503, headers)


def _answers(ask: Callable[[Gateways], None]) -> bool:
    try:
        ask(gateways())
    except HubError:
        return False
    return True
