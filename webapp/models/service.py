"""Models: what a training run left, for whom, and what it says of a photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from imagehub.answers.models import Prediction
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.images import image_lists
from imagehub.catalogue.images.image_lists import Tile
from imagehub.catalogue.training import model_queries
from imagehub.catalogue.training.model_queries import ModelEntry, StoredModelFile
from imagehub.catalogue.training.training_queries import TrainingEntry
from imagehub.errors import NotFound, Unavailable
from imagehub.photo import read_view
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import Account
from webapp.http import access
from webapp.http.confined_models import ConfinedModels
from webapp.training import service as training_runs

SMALL_FILE = "model_int8.tflite"
MOST_GUESSES = 5


@dataclass(frozen=True, slots=True)
class WrongPhoto:
    """A held-out photo that the model names wrongly; without `tile` if it is not public now."""

    image_id: str
    said: str
    shows: str
    probability: float
    tile: Tile | None


@dataclass(frozen=True, slots=True)
class ModelView:
    """A model, the run that left it, and its worst mistakes.

    `withdrawn_photos` of those that it was trained on were withdrawn since.
    """

    run: TrainingEntry
    model: ModelEntry
    mistakes: tuple[WrongPhoto, ...]
    withdrawn_photos: int

    @property
    def heldout(self) -> Any:
        """What was measured on the photos held out."""
        return self.model.metrics["heldout"]


def show(database: Database, account: Account, model_id: str) -> ModelView:
    """The model of the account's own run (admins: of any run); else NotFound."""
    with database.transaction() as cursor:
        run = training_runs.find(cursor, account, model_id)
        model = _find(cursor, run)
        withdrawn = model_queries.withdrawn_photos(cursor, training_runs.uuid_of(run.id))
        found = model.metrics["heldout"]["mistakes"]
        tiles = {
            tile.image_id: tile
            for tile in image_lists.tiles(cursor, [mistake["image_id"] for mistake in found])
        }
    return ModelView(
        run=run,
        model=model,
        mistakes=tuple(
            WrongPhoto(**mistake, tile=tiles.get(mistake["image_id"])) for mistake in found
        ),
        withdrawn_photos=withdrawn,
    )


def file(database: Database, account: Account, model_id: str, name: str) -> StoredModelFile:
    """A file of the account's own model; else NotFound."""
    found = _own(database, account, model_id).files.get(name)
    if found is None:
        raise NotFound(f"The model {model_id} has no file {name}.")
    return found


def guess(
    database: Database,
    store: ObjectStore,
    confined: ConfinedModels,
    account: Account,
    question: tuple[str, bytes],
) -> tuple[Prediction, ...]:
    """What one's own model says of a photo, the likeliest label first; the photo is not kept.

    `asked` are the model's id and the photo's bytes. Raises Refused for bytes that ingestion would
    refuse too.
    """
    model_id, photo = question
    model = _own(database, account, model_id)
    small = model.files.get(SMALL_FILE)
    if small is None:
        raise NotFound(f"The model {model_id} has no file {SMALL_FILE}.")
    view = read_view(confined.sandbox.land(photo).view.data)
    probabilities = confined.models.ask(small.sha256, lambda: store.get(small.key), view)
    if len(probabilities) != len(model.labels):
        raise Unavailable("The model's labels and its outputs differ.")
    best = sorted(range(len(probabilities)), key=lambda at: -probabilities[at])[:MOST_GUESSES]
    return tuple(
        Prediction(
            mid=model.labels[at].mid,
            name=model.labels[at].name,
            probability=float(probabilities[at]),
        )
        for at in best
    )


def _own(database: Database, account: Account, model_id: str) -> ModelEntry:
    with database.transaction() as cursor:
        run = training_runs.find(cursor, account, model_id)
        access.table().things["model"].require(
            account, f"There is no model {model_id}.", is_own=run.account_id == account.id
        )
        return _find(cursor, run)


def _find(cursor: Cursor, run: TrainingEntry) -> ModelEntry:
    model = model_queries.find(cursor, training_runs.uuid_of(run.id))
    if model is None:
        raise NotFound(f"The run {run.id} has left no model.")
    return model
