"""From the last weights to a published model: measured, exported, measured again, then one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from imagehub.catalogue.database import Database
from imagehub.catalogue.training import training_runs
from imagehub.catalogue.training.training_runs import RunState
from imagehub.errors import Conflict, Refused
from imagehub.hub import open_store
from imagehub.photo import read_view
from imagehub.settings import Settings
from imagehub.storage.protocol import ObjectStore
from imagehub.training_config import HELD_OUT
from training import (
    checkpoint,
    dataset,
    evaluation,
    export,
    features,
    preparing,
    telling,
    trained,
)
from training.dataset import ShardPhoto
from training.evaluation import HeldOutPhotos
from training.export import File
from training.preparing import PinnedRelease
from training.reporting import Reporter, beating
from training.shards import Index, require_sha256
from training.task import Task, checkpoint_prefix, newest
from training.trained import Trained

SMALLEST_AGREEMENT = 0.97
"""Of the int8 file with the exact model, in what they say first. Below it the model with int8
weights alone is tried too, and the nearer one kept."""

LONGEST_CONVERSION_SECONDS = 600.0
"""TensorFlow converts in one call that reports no progress."""


@dataclass(frozen=True, slots=True, eq=False)
class Photos:
    """Photos of a split, and their pixels as the model takes them."""

    split: str
    photos: Sequence[ShardPhoto]

    def pixels(self) -> list[Any]:
        """Each SIDE x SIDE x 3 uint8."""
        return [read_view(photo.jpeg) for photo in self.photos]

    def truth(self) -> HeldOutPhotos:
        """What the photos show."""
        return HeldOutPhotos(
            self.split,
            [photo.image_id for photo in self.photos],
            np.array([photo.class_number for photo in self.photos], np.int64),
        )


def model_key(run_id: str, attempt: int, name: str) -> str:
    """Where a file of a model lies."""
    return f"training/models/{run_id}/{attempt}/{name}"


def publish(
    settings: Settings,
    database: Database,
    report: Reporter,
    run: RunState,
    plan: Task,
    index: Index,
) -> None:
    """Measure and export the run's last weights, and publish them; Conflict if it was replaced."""
    store = open_store(settings)
    last = newest(store.keys(checkpoint_prefix(run.id)))
    if last is None:
        raise Conflict("The run has ended and its weights are gone: nothing is published.")
    found = checkpoint.read(store.get(last))
    held_out = read_photos(store, index, held_out_split(index))
    shown = read_photos(store, index, "train", export.CALIBRATION_PHOTOS)
    files, metrics = make_files(
        trained.of_task(settings, plan, found), held_out, shown, index, report
    )
    metrics |= _provenance(settings, store, run, plan)
    files.append(File(export.METRICS, export.metrics(metrics)))
    stored = {}
    for file in files:
        key = model_key(run.id, run.attempt, file.name)
        store.put(key, file.data)
        stored[file.name] = {"key": key, "bytes": len(file.data), "sha256": file.sha256}
    named = [
        {"mid": mid, "name": name} for mid, name in zip(index.classes, index.names, strict=True)
    ]
    with database.transaction() as cursor:
        if not training_runs.finish(cursor, run.id, run.attempt, "done"):
            raise Conflict("This attempt was replaced or the run has ended: nothing is published.")
        training_runs.publish(cursor, run.id, named, metrics, stored)
        telling.run_ended(cursor, run.id)


def _provenance(
    settings: Settings, store: ObjectStore, run: RunState, plan: Task
) -> dict[str, Any]:
    """What the model was made of, and under which licences that is."""
    manifest = preparing.read_manifest(store, PinnedRelease(run.release_id, run.manifest_sha256))
    found: dict[str, Any] = {
        "config": plan.config.model_dump(mode="json"),
        "release": run.release_id,
        "manifest_sha256": run.manifest_sha256.hex(),
        "licences": sorted({file.licence for file in manifest.files}),
    }
    if plan.network_sha256:
        network = features.named_network(settings, plan.network_sha256).network
        found["network"] = {
            "name": network.name,
            "source": network.source,
            "licence": network.licence,
            "sha256": network.sha256,
        }
    return found


def make_files(
    model: Trained, held_out: Photos, shown: Photos, index: Index, report: Reporter
) -> tuple[list[File], dict[str, Any]]:
    """The files of a model but metrics.json, and what goes into that."""
    pixels, truth = held_out.pixels(), held_out.truth()
    with beating(report, LONGEST_CONVERSION_SECONDS):
        saved = export.saved_model(model)
    exact = export.ask_saved_model(saved, pixels, report.beat)
    measured = evaluation.evaluate(truth, exact, index.classes, index.names)
    with beating(report, LONGEST_CONVERSION_SECONDS):
        small = export.tflite(model, shown.pixels())
    probabilities, kind = export.ask_tflite(small, pixels, report.beat), "weights and activations"
    agreement = evaluation.agreement(probabilities, exact)
    if agreement < SMALLEST_AGREEMENT:
        with beating(report, LONGEST_CONVERSION_SECONDS):
            other = export.tflite_of_int8_weights(model)
        other_said = export.ask_tflite(other, pixels, report.beat)
        if evaluation.agreement(other_said, exact) > agreement:
            small, probabilities, kind = other, other_said, "weights"
    metrics = {
        "heldout": measured.as_json(),
        "heldout_accuracy": measured.accuracy,
        "tflite_int8": kind,
        "tflite_agreement": evaluation.agreement(probabilities, exact),
        "tflite_accuracy": float((probabilities.argmax(1) == truth.classes).mean()),
        "side_pixels": model.side_pixels,
    }
    files = [
        File(export.SAVED_MODEL, saved),
        File(export.TFLITE, small),
        File(export.LABELS, export.labels(index.names)),
    ]
    return files, metrics


def held_out_split(index: Index) -> str:
    """The split that the model is measured on."""
    for split in HELD_OUT:
        if index.photos(split):
            return split
    raise Refused("nothing_held_out", "The release holds no photos back to measure a model on.")


def read_photos(store: ObjectStore, index: Index, split: str, at_most: int | None = None) -> Photos:
    """The photos of a split, or the first so many."""
    found: list[ShardPhoto] = []
    for shard in index.of(split):
        found += dataset.photos(require_sha256(store.get(shard.key), shard.sha256, shard.key))
        if at_most and len(found) >= at_most:
            return Photos(split, found[:at_most])
    return Photos(split, found)
