"""Labels: where browsing starts, the search by name, and one label with its photos."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from imagehub.catalogue.demands import demand_queries
from imagehub.catalogue.labels import label_proposals, label_queries
from imagehub.characters import without_format
from imagehub.errors import NotFound
from webapp.http import sessions
from webapp.http.boundary import is_safe
from webapp.http.resources import resources
from webapp.images import service as images
from webapp.images.service import PageCursor
from webapp.labels import service as labels

SEARCH_PAGE = 60
PHOTO_PAGE = 48

pages = Blueprint("labels", __name__)


@pages.get("/labels")
def index() -> str:
    """The search's answer, or without a search the top of the tree."""
    text = without_format(request.args.get("q", "")).strip()
    if not is_safe(text):
        text = ""
    if not text:
        return render_template("labels.html", groups=labels.groups(resources().database))
    found = labels.search(resources().database, text, request.args.get("after"), SEARCH_PAGE)
    return render_template("labels_found.html", text=text, found=found)


@pages.get("/labels/<kind>/<code>")
def show(kind: str, code: str) -> str:
    """One label: its place, its numbers, its photos."""
    mid = f"/{kind}/{code}"
    database = resources().database
    page_cursor = PageCursor(request.args.get("after"), request.args.get("before"))
    cluster = _cluster(request.args.get("cluster"))
    view, viewer = labels.show(database, mid), sessions.viewer()
    with database.transaction() as cursor:
        missions = demand_queries.open_of_label(cursor, mid, viewer.id if viewer else None)
        history = label_proposals.history(cursor, mid)
        merged_into = label_queries.merged_into(cursor, mid)
    return render_template(
        "label.html",
        view=view,
        clusters=images.clusters(database, mid),
        photos=images.of_label(database, mid, page_cursor, PHOTO_PAGE, cluster),
        chosen=cluster,
        is_first=not (page_cursor.after or page_cursor.before),
        missions=missions,
        history=history,
        merged_into=merged_into,
    )


def _cluster(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise NotFound(f"There is no cluster {text[:20]!r}.")
    return int(text)
