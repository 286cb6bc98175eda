"""Subsets: the form that makes one, with live counts, and the page of a saved one."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.errors import Conflict, Forbidden, Refused, Unauthorised
from webapp import auth
from webapp.gateways import gateways
from webapp.portal import subset_form
from webapp.portal.subset_form import SubsetForm
from webapp.services import labels, releases, subsets

RESULTS = 24
Answer = Response | str | tuple[str, int]

pages = Blueprint("subsets", __name__)


@pages.get("/subsets")
def index() -> str:
    """The subsets that were saved last."""
    return render_template("subsets.html", subsets=subsets.newest(gateways().database))


@pages.get("/subsets/new")
def new() -> str:
    """The form, and what its rules select now."""
    return _page(subset_form.read(request.args, request.args.getlist("label")))


@pages.post("/subsets/new")
def save() -> Answer:
    """Save the subset; every other button of the form leads back to it as a link."""
    form = subset_form.read(request.form, request.form.getlist("label"))
    if request.form.get("act") != "create":
        return redirect(form.address(), 303)
    errors = form.errors
    if form.name_error:
        errors["name"] = form.name_error
    if not errors:
        try:
            asker = auth.holder(request.form.get("token", ""))
            saved = subsets.create(gateways().database, asker, form.fields["name"], form.rules())
            return redirect(f"/subsets/{saved.name}", 303)
        except Unauthorised as error:
            errors["token"] = str(error)
        except Conflict as error:
            errors["name"] = str(error)
        except Refused as error:
            errors["labels"] = error.sentence
    return _page(form, errors), 422


@pages.get("/subsets/<name>")
def show(name: str) -> str:
    """A saved subset: its rules, what they select now, its releases."""
    return _subset_page(name)


@pages.post("/subsets/<name>/releases")
def request_release(name: str) -> Answer:
    """Ask for a release with the token that the form brings."""
    try:
        asker = auth.holder(request.form.get("token", ""))
        release_id = subsets.request_release(gateways().database, asker, name)
    except (Unauthorised, Forbidden) as error:
        return _subset_page(name, str(error)), 422
    return redirect(f"/releases/{release_id}", 303)


def _subset_page(name: str, error: str = "") -> str:
    database = gateways().database
    subset = subsets.show(database, name)
    return render_template(
        "subset.html",
        subset=subset,
        preview=subsets.preview(database, subset.rules),
        releases=releases.of_subset(database, name),
        error=error,
    )


def _page(form: SubsetForm, errors: dict[str, str] | None = None) -> str:
    database = gateways().database
    chosen = labels.chosen(database, form.labels)
    form = replace(form, labels=tuple(entry.label.mid for entry in chosen))
    text = form.fields["q"]
    offered = (
        labels.search(database, text, None, RESULTS).items
        if text
        else labels.largest(database, RESULTS)
    )
    asked = errors is not None or "form" in request.args
    return render_template(
        "subset_new.html",
        form=form,
        chosen=chosen,
        offered=[entry for entry in offered if entry.label.mid not in form.labels],
        preview=None if form.errors else subsets.preview(database, form.rules()),
        errors={**form.errors, **(errors or {})} if asked else {},
        is_refused=errors is not None,
    )
