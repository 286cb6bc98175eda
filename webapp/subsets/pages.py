"""Subsets: the form that makes one, with live counts, and the page of a saved one."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.catalogue.labels import label_queries
from imagehub.catalogue.releases import release_queries
from imagehub.errors import Conflict, Refused
from webapp.http import auth, sessions
from webapp.http.resources import resources
from webapp.labels import service as labels
from webapp.subsets import form as subset_form
from webapp.subsets import service as subsets
from webapp.subsets.form import SubsetForm

RESULTS = 24
PAGE = 50
Answer = Response | str | tuple[str, int]

pages = Blueprint("subsets", __name__)


@pages.get("/subsets")
def index() -> str:
    """Subsets, those saved last first."""
    found = subsets.newest(resources().database, request.args.get("after"), PAGE)
    return render_template("subsets.html", found=found)


@pages.get("/subsets/new")
def new() -> str:
    """The form, and what its rules select now."""
    return _page(subset_form.read(request.args, request.args.getlist("label")))


@pages.post("/subsets/new")
def recount() -> Response:
    """The form again, as a link; by way of the sign-in where its button says so."""
    address = _sent_form().address()
    if request.form.get("act") == "sign-in":
        return redirect(f"/sign-in?{urlencode({'next': address})}", 303)
    return redirect(address, 303)


@pages.post("/subsets")
def save() -> Answer:
    """Save the subset for the person who is signed in."""
    form = _sent_form()
    errors = form.errors
    if form.name_error:
        errors["name"] = form.name_error
    if not errors:
        try:
            saved = subsets.create(
                resources().database, auth.account(), form.fields["name"], form.rules()
            )
            return redirect(f"/subsets/{saved.name}", 303)
        except Conflict as error:
            errors["name"] = str(error)
        except Refused as error:
            errors["labels"] = error.sentence
    return _page(form, errors), 422


@pages.get("/subsets/<name>")
def show(name: str) -> str:
    """A saved subset: its rules, what they select now, its releases."""
    database, viewer = resources().database, sessions.viewer()
    subset = subsets.show(database, name)
    with database.transaction() as cursor:
        releases = release_queries.of_subset(cursor, name)
    return render_template(
        "subset.html",
        subset=subset,
        preview=subsets.preview(database, subset.rules),
        releases=releases,
        may_release=subsets.may_release(subset, viewer),
    )


@pages.post("/subsets/<name>/releases")
def request_release(name: str) -> Response:
    """Ask for a release."""
    release_id = subsets.request_release(resources().database, auth.account(), name)
    return redirect(f"/releases/{release_id}", 303)


def _sent_form() -> SubsetForm:
    return subset_form.read(request.form, request.form.getlist("label"))


def _page(form: SubsetForm, errors: dict[str, str] | None = None) -> str:
    database = resources().database
    text = form.fields["q"]
    with database.transaction() as cursor:
        chosen = label_queries.find_many(cursor, form.labels)
        largest = [] if text else label_queries.largest(cursor, RESULTS)
    form = replace(form, labels=tuple(entry.label.mid for entry in chosen))
    offered = labels.search(database, text, None, RESULTS).items if text else largest
    is_filled_in = errors is not None or "form" in request.args
    return render_template(
        "subset_new.html",
        form=form,
        chosen=chosen,
        offered=[entry for entry in offered if entry.label.mid not in form.labels],
        preview=None if form.errors else subsets.preview(database, form.rules()),
        errors={**form.errors, **(errors or {})} if is_filled_in else {},
        is_refused=errors is not None,
    )
