"""The front page."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.gateways import gateways
from webapp.services import front_page

pages = Blueprint("front", __name__)


@pages.get("/")
def show() -> str:
    """What is here, what came last, what is thin."""
    return render_template("front.html", page=front_page.show(gateways().database))
