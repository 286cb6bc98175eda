"""The operator's page, and the same figures for Prometheus."""

from __future__ import annotations

from itertools import islice

from flask import Blueprint, current_app, redirect, render_template
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.wrappers import Response

from webapp.http import auth, timing
from webapp.http.resources import resources
from webapp.operation import metrics
from webapp.operation import service as operation

DAYS = 2

pages = Blueprint("operator", __name__)


@pages.get("/operator")
def show() -> str:
    """Lag, rates, dead letters, jobs, storage, slow pages and what needs a person."""
    timing.write_down(current_app.extensions["stopwatch"], at_once=True)
    hub = resources()
    found = operation.watch(hub.database, hub.log, DAYS)
    return render_template(
        "operator.html",
        found=found,
        aside=operation.dead_letters(hub.database),
        slowest=dict(islice(found.times.items(), operation.SLOWEST_SHOWN)),
    )


@pages.post("/operator/replays")
def replay() -> Response:
    """Have the dead letters tried again."""
    operation.ask_replay(resources().database, auth.account())
    return redirect("/operator#dead-letters", 303)


@pages.get("/metrics")
def prometheus() -> Response:
    """What Prometheus reads, with an admin's token."""
    timing.write_down(current_app.extensions["stopwatch"], at_once=True)
    hub = resources()
    body = metrics.text(operation.watch(hub.database, hub.log))
    return Response(body, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
