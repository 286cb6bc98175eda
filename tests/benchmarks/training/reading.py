"""How fast the same photos are read from shards and from small files, and nothing else done."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training import dataset
from training.dataset import FeedSettings

BATCH = 64


def shards_to_files(copies: Sequence[Path], side_pixels: int, folder: Path, photos: int) -> float:
    """Photos a second from shards, divided by those from a file each; the page cache is warm."""
    import tensorflow as tf

    files, classes = [], []
    for copy in copies:
        for photo in dataset.photos(copy.read_bytes()):
            files.append(str(folder / f"{photo.image_id}.jpg"))
            classes.append(photo.class_number)
            Path(files[-1]).write_bytes(photo.jpeg)

    def decode(file: Any, class_number: Any) -> tuple[Any, Any]:
        photo = tf.io.decode_jpeg(tf.io.read_file(file), channels=3)
        return tf.cast(tf.ensure_shape(photo, [side_pixels, side_pixels, 3]), tf.float32), (
            class_number
        )

    small = tf.data.Dataset.from_tensor_slices((files, classes))
    small = small.shuffle(dataset.SHUFFLED_PHOTOS, 1).repeat().map(decode, tf.data.AUTOTUNE)
    small = small.batch(BATCH, drop_remainder=True).prefetch(2)
    packed = dataset.pipeline(copies, FeedSettings(side_pixels, BATCH, "none", 1))
    _rate(packed, photos), _rate(small, photos)  # warm
    of_shards = _rate(packed, photos) + _rate(packed, photos)
    return of_shards / (_rate(small, photos) + _rate(small, photos))


def _rate(batches: Any, photos: int) -> float:
    began = time.monotonic()
    for _ in batches.take(photos // BATCH):
        pass
    return photos / (time.monotonic() - began)
