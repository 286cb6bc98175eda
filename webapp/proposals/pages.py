"""Propose a label, and what admins decide about labels of our own."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.catalogue.labels.label_proposals import NewProposal
from imagehub.errors import Conflict, Refused
from webapp.http import auth, sessions
from webapp.http.boundary import is_safe
from webapp.http.resources import resources
from webapp.proposals import service as label_proposals
from webapp.proposals.service import ProposalDecision

SHOWN = 50
FIELDS = ("name", "parents", "why")
Answer = Response | tuple[str, int]

pages = Blueprint("label_proposals", __name__)


@pages.get("/labels/proposals")
def index() -> str:
    """What is proposed, and what was decided last."""
    return render_template(
        "proposals.html", proposals=label_proposals.listed(resources().database, SHOWN)
    )


@pages.get("/labels/proposals/new")
def new() -> str:
    """The form; what is written so far shows which labels are like it."""
    fields = {name: request.args.get(name, "")[:400] for name in FIELDS}
    return _form({name: text if is_safe(text) else "" for name, text in fields.items()}, [])


@pages.post("/labels/proposals")
def propose() -> Answer:
    """Propose a label."""
    fields = {name: request.form.get(name, "") for name in FIELDS}
    chosen = request.form.getlist("example")
    try:
        made = label_proposals.propose(
            resources().database,
            auth.account(),
            NewProposal(
                fields["name"], tuple(fields["parents"].split(",")), fields["why"], _uuids(chosen)
            ),
        )
    except (Refused, Conflict) as error:
        return _form(fields, chosen, error), 422
    return redirect(f"/labels/proposals/{made.id}", 303)


@pages.get("/labels/proposals/<proposal_id>")
def show(proposal_id: str) -> str:
    """One proposal and what became of it."""
    database = resources().database
    proposal = label_proposals.show(database, proposal_id)
    return render_template(
        "proposal.html", proposal=proposal, alike=label_proposals.alike(database, proposal.name)
    )


@pages.post("/labels/proposals/<proposal_id>/decision")
def decide(proposal_id: str) -> Response:
    """Accept, merge or decline."""
    label_proposals.decide(resources().database, auth.account(), proposal_id, _decision())
    return redirect(f"/labels/proposals/{proposal_id}", 303)


@pages.post("/labels/<kind>/<code>/changes")
def change(kind: str, code: str) -> Response:
    """Rename a label of our own, or merge it into another."""
    label_proposals.change(resources().database, auth.account(), f"/{kind}/{code}", _decision())
    return redirect(f"/labels/{kind}/{code}#history", 303)


def _decision() -> ProposalDecision:
    form = request.form
    return ProposalDecision(
        action=form.get("act", ""),
        name=form.get("name", ""),
        parents=form.get("parents", "").split(","),
        into=form.get("into", ""),
        reason=form.get("reason", ""),
    )


def _form(
    fields: dict[str, str], chosen: list[str], error: Refused | Conflict | None = None
) -> str:
    database, viewer = resources().database, sessions.viewer()
    wrong = error.code.removesuffix("_invalid") if isinstance(error, Refused) else "name"
    return render_template(
        "proposal_new.html",
        fields=fields,
        chosen=chosen,
        alike=label_proposals.alike(database, fields["name"]),
        photos=label_proposals.own_photos(database, viewer) if viewer else [],
        error=str(error) if error else "",
        wrong=wrong if error else "",
    )


def _uuids(texts: list[str]) -> tuple[UUID, ...]:
    try:
        return tuple(UUID(text) for text in texts)
    except ValueError as error:
        raise Refused("examples_invalid", "Choose examples among your own photos.") from error
