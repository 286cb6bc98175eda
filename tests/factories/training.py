"""Training runs and the models that they leave, as the web side and the trainer write them."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from imagehub import training_config
from imagehub.catalogue.database import Cursor
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import Account, Label
from tests.factories.label_sets import publish_label_sets
from tests.factories.labels import label
from tests.factories.releases import release, subset

TINY_MODEL = Path(__file__).with_name("tiny_model.tflite").read_bytes()
"""Looks at 32 x 32 pixels: the first of its three classes is a bright photo, the second a dark one.

Exported by training.export.tflite from one matrix, and so like every model of a run.
"""


def plain_photo(grey: int) -> bytes:
    """A JPEG of one grey: what the tiny model tells apart."""
    file = io.BytesIO()
    Image.new("RGB", (200, 150), (grey,) * 3).save(file, "JPEG")
    return file.getvalue()


def trainable_release(cursor: Cursor, photos: int = 30) -> tuple[str, list[Label]]:
    """A release of three labels with so many photos each to train on, and six held out."""
    publish_label_sets(cursor)
    labels = [label(cursor) for _ in range(3)]
    summary = {entry.mid: {"train": photos - 6, "test": 6} for entry in labels}
    return release(cursor, subset(cursor, labels), summary), labels


def training_request(
    cursor: Cursor, owner: Account, release_id: str, config: dict[str, Any] | None = None
) -> str:
    """A wish that the trainer has not seen yet; answer its id."""
    whole = training_config.read(config or {}).model_dump(mode="json")
    cursor.execute(
        "insert into training_requests (account_id, release_id, config, expected_minutes)"
        " values (%s, %s, %s, 3) returning id::text",
        (str(owner.id), release_id, json.dumps(whole)),
    )
    return str(cursor.fetchone().id)


def training_run(
    cursor: Cursor, owner: Account, release_id: str, config: dict[str, Any] | None = None
) -> str:
    """A run that waits for the trainer; answer its id."""
    request = training_request(cursor, owner, release_id, config)
    cursor.execute(
        "insert into training_runs (id, request_id, release_id, manifest_sha256, config)"
        " select q.id, q.id, l.id, l.manifest_sha256, q.config"
        " from training_requests q join releases l on l.id = q.release_id where q.id = %s",
        (request,),
    )
    return request


def model(
    cursor: Cursor,
    store: ObjectStore,
    owner: Account,
    mistakes: Sequence[str] = (),
    small: bytes = TINY_MODEL,
) -> str:
    """The model of a run that is done; `mistakes` are image ids. Answer its id."""
    release_id, labels = trainable_release(cursor)
    run_id = training_run(cursor, owner, release_id)
    cursor.execute(
        "update training_runs set state = 'done', attempt = 1, epochs_done = 40,"
        " started_at = now() - interval '3 minutes', finished_at = now() where id = %s",
        (run_id,),
    )
    metrics = _metrics(labels, mistakes)
    files = {
        "saved_model.tar": b"a SavedModel, for this test",
        "model_int8.tflite": small,
        "labels.txt": "".join(f"{entry.name}\n" for entry in labels).encode(),
        "metrics.json": json.dumps(metrics).encode(),
    }
    stored = {}
    for name, data in files.items():
        key = f"training/models/{run_id}/1/{name}"
        store.put(key, data)
        digest = hashlib.sha256(TINY_MODEL if data is small else data).hexdigest()
        stored[name] = {"key": key, "bytes": len(data), "sha256": digest}
    cursor.execute(
        "insert into models (id, labels, metrics, files) values (%s, %s, %s, %s)",
        (
            run_id,
            json.dumps([{"mid": entry.mid, "name": entry.name} for entry in labels]),
            json.dumps(metrics),
            json.dumps(stored),
        ),
    )
    return run_id


def _metrics(labels: Sequence[Label], mistakes: Sequence[str]) -> dict[str, Any]:
    first, second = (entry.name for entry in labels[:2])
    return {
        "heldout_accuracy": 16 / 18,
        "tflite_agreement": 17 / 18,
        "tflite_accuracy": 16 / 18,
        "side_pixels": 32,
        "licences": ["CC-BY-4.0"],
        "network": {
            "name": "tiny",
            "source": "one matrix, made in code",
            "licence": "the hub's own",
            "sha256": "0" * 64,
        },
        "heldout": {
            "split": "test",
            "photos": 18,
            "accuracy": 16 / 18,
            "top_5": 1.0,
            "labels": [
                {"mid": entry.mid, "name": entry.name, "photos": 6, "precision": p, "recall": r}
                for entry, p, r in zip(
                    labels, (5 / 6, 5 / 6, 1.0), (5 / 6, 5 / 6, 1.0), strict=True
                )
            ],
            "confusion": [[5, 1, 0], [1, 5, 0], [0, 0, 6]],
            "mistakes": [
                {"image_id": image_id, "said": second, "shows": first, "probability": 0.93}
                for image_id in mistakes
            ],
        },
    }
