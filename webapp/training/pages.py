"""Training: the form on a release, the list of runs, and a run's live page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from imagehub.errors import HubError, Refused
from webapp.http import auth, sessions
from webapp.http.resources import resources
from webapp.images import permissions
from webapp.training import charts
from webapp.training import form as training_form
from webapp.training import plans as training_plans
from webapp.training import service as training_runs
from webapp.training import words as training_words
from webapp.training.service import Watched

Answer = Response | str | tuple[str, int]

PAGE = 50

pages = Blueprint("training", __name__)


@pages.get("/releases/<release_id>/train")
def new(release_id: str) -> str:
    """The form: what a run would take, for everybody; the button for who may."""
    return _form(release_id, training_form.read(request.args))


@pages.post("/releases/<release_id>/training-runs")
def ask(release_id: str) -> Answer:
    """Ask for a run."""
    hub = resources()
    fields = training_form.read(request.form)
    try:
        run_id = training_plans.ask(
            hub.database,
            hub.settings,
            auth.account(),
            release_id,
            training_form.wish(fields),
        )
    except Refused as error:
        return _form(release_id, fields, error), 422
    return redirect(f"/training-runs/{run_id}", 303)


@pages.get("/training-runs")
def index() -> str:
    """One's own runs; for admins, everybody's."""
    account = auth.account()
    found = training_runs.newest(resources().database, account, request.args.get("after"), PAGE)
    return render_template("training_runs.html", found=found, asker=account)


@pages.get("/training-runs/<run_id>")
def show(run_id: str) -> str:
    """A run's live page; its script asks for the same page again and takes its parts over."""
    found = training_runs.show(resources().database, auth.account(), run_id)
    entry = found.entry
    return render_template(
        "training_run.html",
        run=entry,
        standing=training_words.standing(found),
        share=training_words.share_done(entry),
        seconds_left=found.seconds_left,
        has_trainer=found.has_trainer,
        notes=found.notes,
        duration=training_words.duration,
        bases=training_form.BASES,
        augmentations=training_form.AUGMENTATIONS,
        **curves(found),
    )


@pages.post("/training-runs/<run_id>/cancellation")
def cancel(run_id: str) -> Response:
    """Stop a run."""
    training_runs.cancel(resources().database, auth.account(), run_id)
    return redirect(f"/training-runs/{run_id}", 303)


def curves(found: Watched) -> dict[str, charts.Curve | None]:
    """The run's two curves, as its page and its model's page draw them."""
    last = found.entry.total if found.entry.state == "training" else 0
    return {
        "loss": charts.curve(
            [(point.step, point.loss) for point in found.points], last or 0, False
        ),
        "accuracy": charts.curve(
            [(point.step, point.accuracy) for point in found.points], last or 0, True
        ),
    }


def _form(release_id: str, fields: dict[str, str], refusal: HubError | None = None) -> str:
    hub, viewer = resources(), sessions.viewer()
    plan, problem = None, refusal
    try:
        settings: dict[str, Any] = training_form.wish(fields)
        plan = training_plans.plan(hub.database, hub.settings, release_id, settings)
        problem = refusal or plan.problem
    except Refused as error:
        problem = refusal or error
    return render_template(
        "training_new.html",
        release_id=release_id,
        fields=fields,
        plan=plan,
        problem=problem,
        settled=training_form.settled(plan.config) if plan else {},
        bases=training_form.BASES,
        augmentations=training_form.AUGMENTATIONS,
        may_train=permissions.may_train(viewer),
        quota=training_plans.quota(hub.database, hub.settings, viewer) if viewer else None,
        quota_days=training_plans.QUOTA_DAYS,
        duration=training_words.duration,
    )
