"""Training shards as photos in memory, and as a tf.data pipeline that never ends.

A worker that runs out of data before the others leaves them waiting for ever, and so does one
whose last batch is smaller. So a pipeline here repeats for ever, has whole batches only, and who
trains takes a number of steps that is known beforehand and the same for all.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagehub.storage.protocol import ObjectStore
from imagehub.training_config import Augmentation
from training import records
from training.shards import ShardFacts, require_sha256

CROP_SHARE = 0.85
"""Of each side a crop keeps so much."""

SHUFFLED_PHOTOS = 2048


@dataclass(frozen=True, slots=True)
class ShardPhoto:
    """One photo of a shard, read without TensorFlow."""

    image_id: str
    class_number: int
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """How photos are fed; `batch` is one worker's."""

    side_pixels: int
    batch: int
    augmentation: str
    seed: int


def local_copies(store: ObjectStore, shards: Sequence[ShardFacts], folder: Path) -> list[Path]:
    """Copy shards from the object store to this machine, each once, checked by its sha256."""
    folder.mkdir(parents=True, exist_ok=True)
    copies = []
    for shard in shards:
        copy = folder / f"{shard.sha256}.tfrecord"
        if not copy.exists():
            data = require_sha256(store.get(shard.key), shard.sha256, shard.key)
            descriptor, draft = tempfile.mkstemp(dir=folder)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(draft).replace(copy)
        copies.append(copy)
    return copies


def photos(data: bytes) -> list[ShardPhoto]:
    """All photos of a shard, in order."""
    found = []
    for record in records.split(data):
        texts, numbers = records.decode(record)
        found.append(
            ShardPhoto(
                texts["image/source_id"].decode(),
                numbers["image/class/label"],
                texts["image/encoded"],
            )
        )
    return found


def share(shards: Sequence[ShardFacts], worker: int, workers: int) -> list[ShardFacts]:
    """The shards of one worker: every worker has about the same number of photos."""
    return list(shards)[worker::workers]


def steps_an_epoch(shards: Sequence[ShardFacts], workers: int, batch: int) -> int:
    """Steps of `batch` photos a worker until the worker with the fewest has seen all: 1 or more."""
    fewest = min(
        sum(shard.photos for shard in share(shards, worker, workers)) for worker in range(workers)
    )
    return max(1, fewest // batch)


def pipeline(paths: Sequence[Path], how: FeedSettings) -> Any:
    """Batches of float32 photos 0..255, B x SIDE x SIDE x 3, and int64 classes, without end."""
    import tensorflow as tf

    features = {
        "image/encoded": tf.io.FixedLenFeature([], tf.string),
        "image/class/label": tf.io.FixedLenFeature([], tf.int64),
    }

    def decode(record: Any) -> tuple[Any, Any]:
        fields = tf.io.parse_single_example(record, features)
        photo = tf.io.decode_jpeg(fields["image/encoded"], channels=3)
        photo = tf.ensure_shape(photo, [how.side_pixels, how.side_pixels, 3])
        return photo, fields["image/class/label"]

    def vary(photo: Any, class_number: Any) -> tuple[Any, Any]:
        return varied(photo, how), class_number

    found = tf.data.TFRecordDataset([str(path) for path in paths])
    found = found.shuffle(SHUFFLED_PHOTOS, how.seed, reshuffle_each_iteration=True).repeat()
    found = found.map(decode, tf.data.AUTOTUNE)
    found = found.map(vary, tf.data.AUTOTUNE).batch(how.batch, drop_remainder=True)
    return found.prefetch(2)


def varied(photo: Any, how: FeedSettings) -> Any:
    """A photo as float32, mirrored and cut out at random where the augmentation says so."""
    import tensorflow as tf

    photo = tf.cast(photo, tf.float32)
    if how.augmentation == Augmentation.NONE:
        return photo
    photo = tf.image.random_flip_left_right(photo)
    if how.augmentation == Augmentation.CROP:
        side = int(how.side_pixels * CROP_SHARE)
        photo = tf.image.random_crop(photo, [side, side, 3])
        photo = tf.image.resize(photo, [how.side_pixels, how.side_pixels])  # larger, never smaller
    return photo
