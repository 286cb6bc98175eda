"""The coverage board: where photos are few, and one press that asks for them."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from imagehub.catalogue.images.coverage import CoverageFilter
from webapp.coverage import service as coverage
from webapp.http.boundary import is_safe
from webapp.http.resources import resources

PAGE = 24
MISSION = {"target": 20, "days": 30}
"""What one press asks for."""

pages = Blueprint("coverage", __name__)


@pages.get("/coverage")
def board() -> str:
    """All labels with photos, those with most first."""
    found = coverage.board(resources().database, request.args.get("after"), PAGE)
    return render_template("coverage.html", found=found, mission=MISSION)


@pages.get("/labels/<kind>/<code>/coverage")
def show(kind: str, code: str) -> str:
    """One label, by what the link chooses."""
    mid = f"/{kind}/{code}"
    chosen = {name: _text(name) for name in ("light", "device", "place", "cluster")}
    cluster = chosen["cluster"]
    is_number = cluster.isascii() and cluster.isdigit() and len(cluster) < 5
    choice = CoverageFilter(
        light=chosen["light"] or None,
        device=chosen["device"] or None,
        place=chosen["place"] or None,
        cluster=int(cluster) if is_number else None,
    )
    return render_template(
        "coverage_label.html",
        one=coverage.of_label(resources().database, mid, choice),
        words=", ".join(coverage.chosen_words(choice).values()),
        chosen={name: text for name, text in chosen.items() if text},
        mission=MISSION,
    )


def _text(name: str) -> str:
    text = request.args.get(name, "")[:40]
    return text if is_safe(text) else ""
