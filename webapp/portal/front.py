"""The front page."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp import sessions
from webapp.gateways import gateways
from webapp.services import demands, front_page

MISSIONS = 6

pages = Blueprint("front", __name__)


@pages.get("/")
def show() -> str:
    """What is here, what came last, what is thin."""
    database = gateways().database
    return render_template(
        "front.html",
        page=front_page.show(database),
        missions=demands.missions_near(database, sessions.viewer(), MISSIONS).items,
    )
