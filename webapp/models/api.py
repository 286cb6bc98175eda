"""Models: how right one is, its files to take home, and what it says of a photo."""

from __future__ import annotations

from flask import Response, request

from imagehub.answers.labels import LabelName
from imagehub.answers.models import ModelFile, Predictions, TrainedModel
from imagehub.vision.trained import RUNTIME
from imagehub.vocabulary import Account
from webapp.http import byte_ranges, upload_body
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.models import model_card
from webapp.models import service as models
from webapp.models.service import ModelView

FILE_TYPE = "application/octet-stream"
endpoints = Endpoints("models")


@endpoints.get("/models/<model_id>", problems=(404,))
def show(model_id: str, account: Account) -> TrainedModel:
    """The model that one of your training runs left; its id is the run's."""
    return _answer(models.show(resources().database, account, model_id))


@endpoints.get("/models/<model_id>/files/<name>", media_types=(FILE_TYPE,), problems=(404, 416))
def file(model_id: str, name: str, account: Account) -> Response:
    """One file of your model, or with a Range header a part of it."""
    hub = resources()
    found = models.file(hub.database, account, model_id, name)
    return byte_ranges.answer(
        request,
        byte_ranges.Whole(found.bytes, found.sha256, FILE_TYPE),
        lambda start, length: hub.store.stream(found.key, start, length),
        byte_ranges.PRIVATE,
    )


@endpoints.post(
    "/models/<model_id>/predictions",
    request_media_types=("image/jpeg", "image/png", "image/webp"),
    problems=(400, 404, 413, 415, 429),
)
def predict(model_id: str, account: Account) -> Predictions:
    """Ask your model about a photo. The photo is not kept."""
    hub = resources()
    photo = upload_body.read_raw(request)
    found = models.guess(hub.database, hub.store, hub.confined_models, account, (model_id, photo))
    return Predictions(runtime=RUNTIME, predictions=found)


def _answer(found: ModelView) -> TrainedModel:
    model = found.model
    return TrainedModel(
        id=model.id,
        release=found.run.release_id,
        made_at=model.made_at,
        labels=tuple(LabelName.of(label) for label in model.labels),
        accuracy=found.heldout["accuracy"],
        withdrawn_photos=found.withdrawn_photos,
        metrics=dict(model.metrics),
        files=tuple(ModelFile.of(stored) for stored in model.files.values()),
        card=tuple(model_card.card(found.run, model)),
    )
