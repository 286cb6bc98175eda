"""A model's page: how right it is, its files, its card, and what it says of a photo."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from imagehub.errors import Refused
from imagehub.vision.trained import RUNTIME
from imagehub.vocabulary import MAX_PHOTO_BYTES
from webapp.http import auth, byte_ranges, sessions, upload_body
from webapp.http.resources import resources
from webapp.models import model_card
from webapp.models import service as models
from webapp.training import charts
from webapp.training import pages as training
from webapp.training import service as training_runs

FILE_TYPE = "application/octet-stream"
FILES = {
    "saved_model.tar": "SavedModel, for servers and for training on",
    "model_int8.tflite": "TensorFlow Lite in int8, for phones",
    "labels.txt": "Names of the labels, in the order of the outputs",
    "metrics.json": "Everything that was measured",
}

pages = Blueprint("models", __name__)


@pages.get("/models/<model_id>")
def show(model_id: str) -> str:
    """One model."""
    database, account = resources().database, auth.account()
    found = models.show(database, account, model_id)
    heldout = found.heldout
    return render_template(
        "model.html",
        run=found.run,
        model=found.model,
        heldout=heldout,
        mistakes=found.mistakes,
        withdrawn=found.withdrawn_photos,
        matrix=charts.matrix(heldout["confusion"], [label["name"] for label in heldout["labels"]]),
        card=model_card.card(found.run, found.model),
        files=FILES,
        is_own=found.run.account_id == account.id,
        word=sessions.csrf_token(),
        max_megabytes=MAX_PHOTO_BYTES >> 20,
        **training.curves(training_runs.show(database, account, model_id)),
    )


@pages.get("/models/<model_id>/files/<name>")
def file(model_id: str, name: str) -> Response:
    """A file of the account's own model, streamed."""
    hub = resources()
    found = models.file(hub.database, auth.account(), model_id, name)
    answer = byte_ranges.answer(
        request,
        byte_ranges.Whole(found.bytes, found.sha256, FILE_TYPE),
        lambda start, length: hub.store.stream(found.key, start, length),
        byte_ranges.PRIVATE,
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return answer


@pages.post("/models/<model_id>/predictions")
def guess(model_id: str) -> tuple[str, int]:
    """What one's own model says of the photo in the body, as a part of its page."""
    hub = resources()
    try:
        photo = upload_body.read_raw(request)
        found = models.guess(
            hub.database, hub.store, hub.confined_models, auth.account(), (model_id, photo)
        )
    except Refused as error:
        return render_template("parts/guesses.html", problem=error.sentence, guesses=()), 422
    return render_template("parts/guesses.html", problem="", guesses=found, runtime=RUNTIME), 200
