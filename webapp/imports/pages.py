"""The operator's pages of imports."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.catalogue.imports.import_rows import OUTCOMES
from imagehub.errors import Refused
from webapp.http import auth
from webapp.http.resources import resources
from webapp.imports import service as imports

PAGE = 50

pages = Blueprint("imports", __name__)


@pages.get("/imports")
def index() -> str:
    """All imports, the newest first."""
    found = imports.listed(resources().database, request.args.get("after"), PAGE)
    return render_template("imports.html", found=found)


@pages.get("/imports/<import_name>")
def show(import_name: str) -> str:
    """The report of one import."""
    return _page(import_name)


@pages.post("/imports/<import_name>/retry")
def retry(import_name: str) -> Response:
    """Have what was refused tried again."""
    imports.ask_retry(resources().database, auth.account(), import_name)
    return redirect(f"/imports/{import_name}", 303)


@pages.post("/imports/<import_name>/undo")
def undo(import_name: str) -> Response | tuple[str, int]:
    """Have all of it withdrawn."""
    is_sure = "sure" in request.form
    try:
        imports.ask_undo(resources().database, auth.account(), import_name, is_sure)
    except Refused as error:
        return _page(import_name, error.sentence), 422
    return redirect(f"/imports/{import_name}", 303)


def _page(name: str, error: str = "") -> str:
    found = imports.report(
        resources().database, name, request.args.get("outcome"), request.args.get("after"), PAGE
    )
    return render_template("import.html", found=found, outcomes=OUTCOMES, error=error)
