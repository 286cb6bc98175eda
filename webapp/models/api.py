"""Models: how right one is, its files to take home, and what it says of a photo."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, request
from pydantic import BaseModel, Field

from imagehub.vision.trained import RUNTIME
from imagehub.vocabulary import Account
from webapp.http import byte_ranges, upload_body
from webapp.http.endpoints import Endpoints
from webapp.http.resources import resources
from webapp.labels.api import LabelName
from webapp.models import model_card
from webapp.models import service as models
from webapp.models.service import ModelView

FILE_TYPE = "application/octet-stream"
endpoints = Endpoints("models")


class ModelFile(BaseModel):
    """A file to take home; `sha256` is hex."""

    name: str
    bytes: int
    sha256: str


class CardSection(BaseModel):
    """A part of the model's card."""

    title: str
    text: str


class TrainedModel(BaseModel):
    """A model: its labels in the order of its outputs, its figures, its files, its card."""

    id: str
    release: str
    made_at: datetime
    labels: list[LabelName]
    accuracy: float = Field(description="On the photos held out.")
    metrics: Any = Field(description="Everything measured, as in metrics.json.")
    files: list[ModelFile]
    card: list[CardSection]
    withdrawn_photos: int = Field(description="Of those trained on, withdrawn since.")


class Prediction(BaseModel):
    """A label and how likely the model holds it."""

    mid: str
    name: str
    probability: float


class Predictions(BaseModel):
    """What a model says of a photo, the likeliest label first."""

    runtime: str
    predictions: list[Prediction]


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
    return Predictions(
        runtime=RUNTIME,
        predictions=[
            Prediction(mid=one.label.mid, name=one.label.name, probability=one.probability)
            for one in found
        ],
    )


def _answer(found: ModelView) -> TrainedModel:
    model = found.model
    return TrainedModel(
        id=model.id,
        release=found.run.release_id,
        made_at=model.made_at,
        labels=[LabelName(mid=one.mid, name=one.name) for one in model.labels],
        accuracy=found.heldout["accuracy"],
        withdrawn_photos=found.withdrawn_photos,
        metrics=dict(model.metrics),
        files=[
            ModelFile(name=one.name, bytes=one.bytes, sha256=one.sha256)
            for one in model.files.values()
        ],
        card=[
            CardSection(title=one.title, text=one.text) for one in model_card.card(found.run, model)
        ],
    )
