"""Photos wanted: demands, how to ask for photos and join, and how far each is."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.catalogue.demands import demand_queries
from imagehub.catalogue.labels import label_queries
from imagehub.errors import Conflict, Refused
from webapp.demands import service as demands
from webapp.demands.service import NewDemand
from webapp.http import auth, sessions
from webapp.http.boundary import is_safe
from webapp.http.resources import resources

MISSIONS = 50
ENDED = 10
FIELDS = ("label", "target", "why", "days", "by_mail")
Answer = Response | tuple[str, int]

pages = Blueprint("demands", __name__)


@pages.get("/demands")
def index() -> str:
    """What is wanted now, what suits the viewer first; and what was reached last."""
    database, viewer = resources().database, sessions.viewer()
    missions = demands.missions_near(database, viewer, MISSIONS, request.args.get("after"))
    with database.transaction() as cursor:
        ended = demand_queries.ended(cursor, viewer.id if viewer else None, ENDED)
    return render_template("demands.html", missions=missions, ended=ended)


@pages.get("/demands/new")
def new() -> str:
    """The form that asks for photos, with what the link says filled in."""
    values = {name: request.args.get(name, "")[:400] for name in FIELDS}
    fields = {name: text if is_safe(text) else "" for name, text in values.items()}
    return _form({**fields, "target": fields["target"] or "20", "days": fields["days"] or "30"})


@pages.post("/demands")
def ask() -> Answer:
    """Ask for photos."""
    fields = {name: request.form.get(name, "") for name in FIELDS}
    try:
        made = demands.ask(
            resources().database,
            auth.account(),
            NewDemand(
                label=fields["label"],
                target=_whole(fields["target"]),
                why=fields["why"],
                days=_whole(fields["days"]),
                by_mail=bool(fields["by_mail"]),
            ),
        )
    except (Refused, Conflict) as error:
        return _form(fields, error), 422
    return redirect(f"/demands/{made.id}", 303)


@pages.get("/demands/<demand_id>")
def show(demand_id: str) -> str:
    """One demand."""
    viewer = sessions.viewer()
    found = demands.show(resources().database, viewer, demand_id)
    return render_template(
        "demand.html", demand=found, may_close=demands.may_close(viewer, found), days=_days_left
    )


@pages.post("/demands/<demand_id>/watch")
def watch(demand_id: str) -> Response:
    """Join a demand, or leave it."""
    database, account = resources().database, auth.account()
    if request.form.get("act") == "leave":
        found = demands.leave(database, account, demand_id)
    else:
        found = demands.join(database, account, demand_id, "by_mail" in request.form)
    return redirect(f"/demands/{found.id}", 303)


@pages.post("/demands/<demand_id>/close")
def close(demand_id: str) -> Response:
    """Withdraw a demand, or, as an admin, close another account's."""
    because = request.form.get("because", "")
    found = demands.close(resources().database, auth.account(), demand_id, because)
    return redirect(f"/demands/{found.id}", 303)


def _form(fields: dict[str, str], error: Refused | Conflict | None = None) -> str:
    code = error.code.removesuffix("_invalid") if isinstance(error, Refused) else ""
    viewer = sessions.viewer()
    with resources().database.transaction() as cursor:
        found = label_queries.find(cursor, fields["label"])
        known = found.label if found else None
        others = (
            demand_queries.open_of_label(cursor, known.mid, viewer.id if viewer else None)
            if known
            else []
        )
    return render_template(
        "demand_new.html",
        fields=fields,
        error=str(error) if error else "",
        wrong=code,
        known=known,
        others=others,
    )


def _whole(text: str) -> int:
    """The number, or 0, which no demand may have."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0


def _days_left(until: datetime) -> int:
    return max(0, (until - datetime.now(UTC)).days + 1)
