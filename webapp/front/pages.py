"""The front page."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.demands import service as demands
from webapp.front import service as front_page
from webapp.http import sessions
from webapp.http.resources import resources

MISSIONS = 6

pages = Blueprint("front", __name__)


@pages.get("/")
def show() -> str:
    """The largest sets, the newest photos, the labels with few photos."""
    database = resources().database
    return render_template(
        "front.html",
        page=front_page.show(database),
        missions=demands.missions_near(database, sessions.viewer(), MISSIONS).items,
    )
