"""What the API answers on trained models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from imagehub.answers.answer import Answer, Unsent
from imagehub.answers.labels import LabelName


class ModelFile(Answer):
    """A file to take home; `sha256` is hex."""

    name: str
    bytes: int
    sha256: str


class CardSection(Answer):
    """A part of the model's card."""

    title: str
    text: str


class TrainedModel(Answer):
    """A model: its labels in the order of its outputs, its figures, its files, its card."""

    id: str
    release: str
    made_at: datetime
    labels: tuple[LabelName, ...]
    accuracy: float = Field(description="On the photos held out.")
    metrics: Annotated[dict[str, Any], WithJsonSchema({})] = Field(
        description="Everything measured, as in metrics.json."
    )
    files: tuple[ModelFile, ...]
    card: Annotated[tuple[CardSection, ...], Unsent(())]
    withdrawn_photos: Annotated[int, Unsent(0)] = Field(
        description="Of those trained on, withdrawn since."
    )


class Prediction(LabelName):
    """A label and how likely the model holds it."""

    probability: float


class Predictions(Answer):
    """What a model says of a photo, the likeliest label first."""

    runtime: Annotated[str, Unsent("")]
    predictions: tuple[Prediction, ...]
