"""Look at images in executors: read the view, decode it once, check it, embed it, name it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from imagehub.catalogue.verification import image_checks
from imagehub.catalogue.verification.image_checks import Check, Unchecked, Version
from imagehub.errors import Damaged, NotFound, Refused
from imagehub.findings import UNREADABLE
from imagehub.photo import read_view
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
from imagehub.vision.embedder import Embedder, open_featurizer
from imagehub.vision.projection import Moments
from imagehub.vision.registry import Networks
from imagehub.vocabulary import EMBEDDING_DIMENSIONS
from spark_jobs.apart import whole_or_apart
from spark_jobs.frames import batched, executor_database, executor_store
from spark_jobs.verify.checks.all_checks import findings
from spark_jobs.verify.checks.view import View

IMAGE_SCHEMA = "image_id string, photo_sha256 string, width int, height int, flags string"
LOOKED_SCHEMA = "looked int"
MOMENTS_SCHEMA = "photos int, total binary, gram binary"

PHOTOS_AT_ONCE = 64
READERS = 2
READ_AHEAD = 16
WRITERS = 1
WRITTEN_BEHIND = 2
"""Batches of which the first is written while the next is looked at."""

Pixels = npt.NDArray[np.uint8]
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Looking:
    """What an executor needs in order to look for one version."""

    settings: Settings
    version: Version

    def __call__(self, batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Write the checks of each image, and tell how many were looked at."""
        database = executor_database(self.settings)
        version = self.version
        embedder = Embedder.open(self.settings, version.networks, version.projection)

        def write(checks: list[Check]) -> int:
            with database.transaction() as cursor:
                image_checks.store_checks(cursor, version.number, checks)
            return len(checks)

        looks = (
            look(photos, embedder)
            for photos in batched(_photos(self.settings, batches), PHOTOS_AT_ONCE)
        )
        for written in in_threads(write, looks, WRITERS, WRITTEN_BEHIND):
            yield pd.DataFrame({"looked": [written]})


@dataclass(frozen=True)
class Measuring:
    """What an executor needs in order to sum up features, for fitting a projection."""

    settings: Settings
    networks: Networks

    def __call__(self, batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Give the moments of all readable photos of the partition, as one row."""
        featurizer = open_featurizer(self.settings, self.networks.describe(), only_features=True)
        summed: Moments | None = None
        for photos in batched(_photos(self.settings, batches), PHOTOS_AT_ONCE):
            views = [photo.pixels for photo in photos if photo.pixels is not None]
            if views:
                moments = Moments.of(featurizer.look(views).features)
                summed = moments if summed is None else summed + moments
        if summed is not None:
            yield pd.DataFrame(
                {
                    "photos": [summed.photos],
                    "total": [summed.total.tobytes()],
                    "gram": [summed.gram.tobytes()],
                }
            )


@dataclass(frozen=True, slots=True, eq=False)
class ViewedPhoto:
    """An image and the pixels of its view; None where it cannot be read."""

    image: Unchecked
    pixels: Pixels | None


def look(photos: Sequence[ViewedPhoto], embedder: Embedder) -> list[Check]:
    """Check, embed and name photos.

    One that cannot be read, or that the checks or the network cannot take, has a finding and no
    embedding; it is looked at again later.
    """
    return whole_or_apart(
        photos,
        lambda some: _look(some, embedder),
        lambda photo: _unreadable(photo.image),
    )


def _look(photos: Sequence[ViewedPhoto], embedder: Embedder) -> list[Check]:
    looks = embedder.look([photo.pixels for photo in photos if photo.pixels is not None])
    probabilities = [probability for classes in looks.classes for probability in classes.values()]
    if not (np.isfinite(looks.embeddings).all() and np.isfinite(probabilities).all()):
        raise ValueError("the networks give something that is no number")
    embeddings = iter(looks.embeddings)
    classes = iter(looks.classes)
    return [
        _unreadable(photo.image)
        if photo.pixels is None
        else Check(
            photo.image.image_id,
            findings(_view(photo.image, photo.pixels)),
            next(classes),
            next(embeddings),
        )
        for photo in photos
    ]


def image_rows(images: Iterable[Unchecked]) -> list[tuple[str, str, int, int, str]]:
    """Write images as rows of IMAGE_SCHEMA."""
    return [
        (image.image_id, image.photo_sha256, image.width, image.height, ",".join(image.flags))
        for image in images
    ]


def _photos(settings: Settings, batches: Iterator[pd.DataFrame]) -> Iterator[ViewedPhoto]:
    images = (
        Unchecked(row[0], row[1], row[2], row[3], tuple(filter(None, row[4].split(","))))
        for batch in batches
        for row in batch.itertuples(index=False, name=None)
    )
    return read_photos(executor_store(settings), images)


def read_photos(store: ObjectStore, images: Iterable[Unchecked]) -> Iterator[ViewedPhoto]:
    """Read and decode the views of images, some ahead of where they are needed."""
    return in_threads(lambda image: _read(store, image), images, READERS, READ_AHEAD)


def _read(store: ObjectStore, image: Unchecked) -> ViewedPhoto:
    try:
        return ViewedPhoto(image, read_view(store.get(keys.view(image.photo_sha256))))
    except (NotFound, Damaged, Refused):
        return ViewedPhoto(image, None)


def in_threads(make: Callable[[T], U], items: Iterable[T], threads: int, ahead: int) -> Iterator[U]:
    """Make things in order, at most `ahead` of them before they are asked for."""
    remaining = iter(items)
    with ThreadPoolExecutor(threads) as makers:
        waiting: deque[Future[U]] = deque(
            makers.submit(make, item) for item in islice(remaining, ahead)
        )
        while waiting:
            made = waiting.popleft().result()
            for item in islice(remaining, 1):
                waiting.append(makers.submit(make, item))
            yield made


def _view(image: Unchecked, pixels: Pixels) -> View:
    return View.of(pixels, (image.width, image.height), frozenset(image.flags))


def _unreadable(image: Unchecked) -> Check:
    return Check(
        image.image_id,
        [UNREADABLE.found(1.0)],
        {},
        np.zeros(EMBEDDING_DIMENSIONS, np.float32),
    )
