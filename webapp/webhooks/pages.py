"""The page of the account's own webhooks."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.errors import Conflict, Refused
from webapp.http import auth
from webapp.http.resources import resources
from webapp.webhooks import service as webhooks

pages = Blueprint("webhooks", __name__)


@pages.get("/account/webhooks")
def index() -> str:
    """The account's webhooks and what was sent last."""
    return _page()


@pages.post("/account/webhooks")
def add() -> str | tuple[str, int]:
    """Register an address and show its secret: this once."""
    hub, url = resources(), request.form.get("url", "")
    is_any = hub.settings.webhook_addresses == "any"
    try:
        made = webhooks.add(hub.database, auth.account(), url, is_any)
    except (Refused, Conflict) as error:
        return _page(url=url, error=str(error)), 422
    return _page(made=made)


@pages.post("/account/webhooks/<webhook_id>/remove")
def remove(webhook_id: str) -> Response:
    """Send nothing more there."""
    webhooks.remove(resources().database, auth.account(), webhook_id)
    return redirect("/account/webhooks", 303)


def _page(**shown: object) -> str:
    own = webhooks.show(resources().database, auth.account())
    return render_template("webhooks.html", **{"own": own, "url": "", "error": "", **shown})
