"""A model of a run becomes a network that verification can take as evidence: an operator's act."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from imagehub.catalogue.database import Database
from imagehub.catalogue.training import model_queries
from imagehub.catalogue.training.model_queries import ModelEntry
from imagehub.errors import NotFound, Unavailable
from imagehub.hub import open_store
from imagehub.settings import Settings
from imagehub.vision import own_file
from imagehub.vision.prepare import prepare
from imagehub.vision.prepared import Prepared
from training import export

OUTPUT = "Identity"
"""What TensorFlow Lite calls the one output of an exported model."""


def register(
    settings: Settings, database: Database, run_id: str, say: Callable[[str], None]
) -> Prepared:
    """Write the run's int8 model into the folder of networks, as a network of classes.

    Raises NotFound if the run has left no model, Unavailable if its file is not the one that the
    trainer wrote down.
    """
    model = _model(database, run_id)
    small = model.files[export.TFLITE]
    data = open_store(settings).get(small.key)
    if hashlib.sha256(data).hexdigest() != small.sha256:
        raise Unavailable(f"{small.key} in the object store is damaged.")
    settings.models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="imagehub-model-") as name:
        folder = Path(name)
        (folder / export.TFLITE).write_bytes(data)
        mids = "".join(f"{label.mid}\n" for label in model.labels)
        (folder / export.LABELS).write_text(mids, encoding="utf-8")
        description = folder / "network.toml"
        description.write_text(_description(model), encoding="utf-8")
        return prepare(own_file.open_own(description), None, settings.models, say)


def _model(database: Database, run_id: str) -> ModelEntry:
    try:
        run = UUID(run_id)
    except ValueError as error:
        raise NotFound(f"There is no run {run_id}.") from error
    with database.transaction() as cursor:
        found = model_queries.find(cursor, run)
    if found is None:
        raise NotFound(f"The run {run_id} has left no model.")
    return found


def _description(model: ModelEntry) -> str:
    fields = {
        "name": f"trained-{model.id[:8]}",
        "source": f"trained by run {model.id} on the release {model.metrics.get('release', '?')}",
        "licence": "that of the release's photos and of the network it began from",
        "file": export.TFLITE,
        "side_pixels": model.metrics["side_pixels"],
        "layout": "NHWC",
        "classes": OUTPUT,
        "scores": "softmax",
        "labels": export.LABELS,
    }
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in fields.items())
