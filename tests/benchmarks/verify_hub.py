"""A hub for measuring verify: real Postgres and Spark, and images that nobody has looked at."""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from imagehub.catalogue.database import Database
from imagehub.catalogue.verification.image_checks import Unchecked
from imagehub.errors import Refused
from imagehub.photo import land
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from tests.benchmarks.parts import running_postgres, running_spark

SHARED = Path(__file__).resolve().parents[3] / "shared"
PHOTOS = SHARED / "crowd" / "dev" / "photos"
MODELS = SHARED / "models"
NO_MODELS = Path("no-models")
DISTINCT_PHOTOS = 512
"""So many views lie on the disk; further images show them again."""
ORDER_SEED = 7


@dataclass(frozen=True)
class Hub:
    """A hub with images that nobody has looked at."""

    settings: Settings
    database: Database
    store: FolderStore
    spark: Any
    images: list[Unchecked]


OpenHub = Callable[[int, int, Path], AbstractContextManager[Hub]]
"""Opens a hub with so many images, on so many cores, with the networks of a folder."""


@contextmanager
def own_hub(images: int = 0, cores: int = 2, models: Path = NO_MODELS) -> Iterator[Hub]:
    """Open a hub on a Postgres and a Spark that are started for it."""
    with tempfile.TemporaryDirectory(prefix="bench-verify-") as name, running_postgres() as url:
        settings = settings_of(Path(name), url, cores, models)
        with (
            running_spark(settings, "bench-verify") as spark,
            filled(settings, spark, images) as hub,
        ):
            yield hub


def settings_of(folder: Path, catalogue_url: str, cores: int, models: Path) -> Settings:
    """Settings of a hub; where the folder `models` is missing, it looks with what code makes."""
    return Settings(
        data=folder,
        catalogue_url=catalogue_url,
        storage_url=f"folder:{folder / 'objects'}",
        models=models if models.is_dir() else folder / "models",
        embedding_network="auto" if models.is_dir() else "drawn",
        class_network="auto" if models.is_dir() else "none",
        spark_master=f"local[{cores}]",
        spark_memory="1g",
    )


@contextmanager
def filled(settings: Settings, spark: Any, images: int) -> Iterator[Hub]:
    """A hub in an empty catalogue, filled with so many images."""
    store = FolderStore(settings.storage_url.partition(":")[2])
    with closing(Database(settings.catalogue_url)) as database:
        yield Hub(settings, database, store, spark, _fill(database, store, images))


def has_real_photos() -> bool:
    """True where the photos are a crowd's; otherwise they are drawn."""
    return PHOTOS.is_dir()


def _fill(database: Database, store: FolderStore, images: int) -> list[Unchecked]:
    if not images:
        return []
    views = list(islice(_views(), min(images, DISTINCT_PHOTOS)))
    digests = [hashlib.sha256(view).hexdigest() for view in views]
    for digest, view in zip(digests, views, strict=True):
        store.put(keys.view(digest), view)
    with database.transaction() as cursor:
        cursor.execute(
            "insert into images (id, photo_sha256, format, width, height, photo_bytes,"
            " full_sha256, full_bytes, full_crc32, full_width, full_height, fingerprint,"
            " derivative_recipe, first_upload_id)"
            " select left(encode(digest, 'hex'), 16), digest, 'JPEG', 512, 384, 1, digest, 1, 0,"
            " 512, 384, number, 1, gen_random_uuid()"
            " from (select n as number, sha256(n::text::bytea) as digest"
            " from generate_series(1, %s) n) made returning id",
            (images,),
        )
        ids = [row.id for row in cursor.fetchall()]
    return [
        Unchecked(image_id, digests[number % len(digests)], 512, 384, ())
        for number, image_id in enumerate(ids)
    ]


def _views() -> Iterator[bytes]:
    if not has_real_photos():
        yield from map(_drawn, range(DISTINCT_PHOTOS))
        return
    files = sorted(PHOTOS.glob("*.jpg"))
    random.Random(ORDER_SEED).shuffle(files)
    for file in files:
        try:
            yield land(file.read_bytes()).view.data
        except Refused:
            continue  # the crowd sends broken ones too


def _drawn(seed: int) -> bytes:
    """A view of 512 x 384 that compresses like a photo: soft noise under sharp shapes."""
    dice = np.random.default_rng(seed)
    coarse = dice.integers(0, 256, (24, 32, 3), dtype=np.uint8)
    ground = Image.fromarray(coarse).resize((512, 384), Image.Resampling.BICUBIC)
    noise = dice.normal(0, 6, (384, 512, 1))
    pixels = np.clip(np.asarray(ground) + noise, 0, 255).astype(np.uint8)
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()
