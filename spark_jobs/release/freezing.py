"""Freeze the files of a release: learn their lengths and digests, and store their skeletons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import groupby

from imagehub.catalogue.releases.release_files import ReleaseFile
from imagehub.errors import Damaged, NotFound, Refused
from imagehub.formats import FORMATS, PlannedFile, PlannedRelease
from imagehub.manifest import digest
from imagehub.settings import Settings
from imagehub.skeleton.photos import StoredPhotos
from imagehub.skeleton.writing import freeze
from imagehub.storage import keys
from spark_jobs.frames import executor_store
from spark_jobs.runs import SparkJobContext

KEPT_BYTES = 96 * 1024 * 1024
"""Photos of a shard stay in memory while each of its files is made of them."""


def freeze_files(context: SparkJobContext, release: PlannedRelease) -> list[ReleaseFile]:
    """Freeze every file of every format, on executors; store the skeletons.

    Raises Refused(`photo_unusable`), naming the photo, if its bytes are not those that landed or
    are gone.
    """
    planned = [file for format_ in FORMATS.values() for file in format_.plan(release)]
    groups = _with_equal_photos(planned)
    write = partial(_freeze_group, context.settings, release.facts.manifest.release)
    frozen: list[ReleaseFile] = []
    spark = context.spark.sparkContext
    parts = spark.parallelize(groups, numSlices=len(groups)).map(write)
    for found, problem in parts.collect():
        if problem:
            raise Refused("photo_unusable", problem)
        frozen += found
    context.run.progress(len(groups), len(groups))
    return frozen


def _with_equal_photos(planned: Iterable[PlannedFile]) -> list[list[PlannedFile]]:
    ordered = sorted(planned, key=_photos)
    return [list(group) for _, group in groupby(ordered, key=_photos)]


def _photos(file: PlannedFile) -> tuple[int, str]:
    """The same for files that hold the same photos; the largest first."""
    return -len(file.photos), file.photos[0].image_id if file.photos else ""


def _freeze_group(
    settings: Settings, release_id: str, group: Sequence[PlannedFile]
) -> tuple[list[ReleaseFile], str | None]:
    """In an executor: freeze files of the same photos; or say what is wrong with a photo."""
    store = executor_store(settings)
    photos = StoredPhotos(store, kept_bytes=KEPT_BYTES)
    found = []
    for planned in group:
        try:
            made = freeze(planned.entries(), photos)
        except (Damaged, NotFound) as error:
            return [], str(error)
        store.put(keys.release_skeleton(release_id, planned.path), made.skeleton)
        found.append(
            ReleaseFile(
                path=planned.path,
                media_type=planned.media_type,
                photos=len(planned.photos),
                bytes=made.size_bytes,
                sha256=made.sha256,
                skeleton_sha256=digest(made.skeleton).hex(),
            )
        )
    return found, None
