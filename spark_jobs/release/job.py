"""The job `release`: freeze what a subset selects, in shards with a signed manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from imagehub import manifest as manifests
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.operation import job_runs
from imagehub.catalogue.releases import releases
from imagehub.catalogue.releases.releases import ReleaseContents, ReleaseRequest
from imagehub.catalogue.uploads import removals
from imagehub.errors import Refused, Unavailable
from imagehub.manifest import Manifest
from imagehub.settings import Settings
from imagehub.storage import keys
from spark_jobs.batch import whole_batch
from spark_jobs.frames import executor_store
from spark_jobs.release.selecting import select
from spark_jobs.release.selection import shards
from spark_jobs.release.selection.contents import ReleaseLayout, lay_out
from spark_jobs.release.selection.shards import Shard
from spark_jobs.runs import SparkJobContext


def has_work(database: Database) -> bool:
    """True if a wish waits for its answer, and copies among the images are known.

    A release never changes: what is frozen too early keeps its copies for ever.
    """
    with database.transaction() as cursor:
        return releases.any_waiting(cursor) and not job_runs.left_over(cursor, "cluster")


def run(context: SparkJobContext) -> dict[str, int]:
    """Answer every request: with a release, or with the reason why there is none."""
    with context.database.transaction() as cursor:
        requests = releases.waiting(cursor)
    with whole_batch() as batch:
        released = sum(batch.each(requests, lambda request: _answered(context, request)))
    return {"released": released, "failed": len(requests) - released}


def _answered(context: SparkJobContext, request: ReleaseRequest) -> bool:
    """Make the release, or say why it cannot be; True if it was made."""
    try:
        _make(context, request)
    except Refused as refusal:
        with context.database.transaction() as cursor:
            context.run.assert_current(cursor)
            releases.fail(cursor, request.release_id, refusal.sentence)
        return False
    return True


def _make(context: SparkJobContext, request: ReleaseRequest) -> None:
    """Write the objects first and the row last: the release is invisible until then."""
    selection = select(context.database, request)
    contents = lay_out(selection)
    _clear(context, request.release_id)
    try:
        _write_shards(context, request.release_id, contents.shards)
    except Refused:
        with context.database.transaction() as cursor:
            _require_photos(cursor, contents)
        raise
    data = manifests.write(contents.manifest)
    context.store.put(keys.release_manifest(request.release_id), data)
    answer = _answer(context.settings, contents, data)
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        _require_photos(cursor, contents)
        releases.remember_splits(
            cursor, request, ((file.image_id, file.split) for file in contents.manifest.files)
        )
        releases.publish(cursor, answer, context.run.id)


def _require_photos(cursor: Cursor, contents: ReleaseLayout) -> None:
    """Raise Unavailable if a photo was withdrawn meanwhile: the release is made anew, without."""
    if not removals.hold_images(cursor, [file.image_id for file in contents.manifest.files]):
        raise Unavailable(
            f"A photo of {contents.manifest.release} was withdrawn while the release was made."
        )


def _clear(context: SparkJobContext, release_id: str) -> None:
    """Remove what a run left that was killed before it could publish.

    The open transaction keeps a newer run from beginning, and so from publishing, meanwhile.
    """
    folder = keys.release_manifest(release_id).rpartition("/")[0] + "/"
    with context.database.transaction() as cursor:
        context.run.assert_current(cursor)
        for key in list(context.store.keys(folder)):
            context.store.delete(key)


def _write_shards(context: SparkJobContext, release_id: str, planned: Sequence[Shard]) -> None:
    spark = context.spark.sparkContext
    write = partial(_write_shard, context.settings, release_id)
    problems = spark.parallelize(planned, numSlices=len(planned)).map(write).collect()
    for problem in filter(None, problems):
        raise Refused("photo_unusable", problem)
    context.run.progress(len(planned), len(planned))


def _write_shard(settings: Settings, release_id: str, shard: Shard) -> str | None:
    """Build and store one shard, in an executor; return what is wrong with a photo, if anything."""
    store = executor_store(settings)
    try:
        data = shards.build(shard, store.get)
    except Refused as refusal:
        return refusal.sentence
    store.put(keys.release_shard(release_id, shard.number), data)
    return None


def _answer(settings: Settings, contents: ReleaseLayout, data: bytes) -> ReleaseContents:
    manifest: Manifest = contents.manifest
    key = manifests.load_or_create_key(settings.signing_key)
    summary: dict[str, Counter[str]] = {}
    for file in manifest.files:
        summary.setdefault(file.label, Counter())[file.split] += 1
    return ReleaseContents(
        release_id=manifest.release,
        label_set_version=manifest.label_set_version,
        files=len(manifest.files),
        total_bytes=manifest.total_bytes,
        shards=len(contents.shards),
        manifest_sha256=manifests.digest(data),
        signature=manifests.sign(data, key),
        public_key=manifests.public_bytes(key),
        summary=summary,
    )
